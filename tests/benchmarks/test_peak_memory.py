import sys

import numpy as np
import pytest

from wlc.benchmarks.peak_memory import peak_memory

MEGABYTE = 2**20


def test_what_a_call_fills_shows():
    least = peak_memory(np.ones, 1)
    if least is None:
        pytest.skip("this system does not tell how much memory a process takes")
    assert 5 * MEGABYTE < least < 120 * MEGABYTE
    assert peak_memory(np.ones, 100 * MEGABYTE // 8) - least == pytest.approx(100 * MEGABYTE, rel=0.1)


def test_the_memory_of_the_caller_does_not_count():
    held = np.ones(200 * MEGABYTE // 8)
    assert (peak_memory(len, b"") or 0) < held.nbytes / 4


def test_a_call_that_fails_says_why():
    with pytest.raises(RuntimeError, match="invalid literal"):
        peak_memory(int, "no number")


def test_what_a_call_prints_is_not_taken_for_the_answer():
    answer = peak_memory(print, "12 34")
    assert answer is None or answer > MEGABYTE


def test_the_fresh_process_finds_what_this_one_finds(tmp_path, monkeypatch):
    (tmp_path / "found_only_here.py").write_text("def work(): pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    import found_only_here

    try:
        peak_memory(found_only_here.work)
    finally:
        del sys.modules["found_only_here"]
