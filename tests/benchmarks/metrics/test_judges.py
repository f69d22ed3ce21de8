import sys

import pytest

from wlc.benchmarks.metrics import judges as judges_module
from wlc.benchmarks.metrics.judges import Judges, missing
from wlc.benchmarks.metrics.ms_ssim import ms_ssim
from wlc.benchmarks.metrics.psnr import psnr
from wlc.benchmarks.metrics.ssimulacra2 import ssimulacra2


def test_another_process_judges_as_this_one_does(larger, as_jpeg):
    pytest.importorskip("pytorch_msssim")
    pytest.importorskip("ssimulacra2")
    decoded = [as_jpeg(larger, quality) for quality in (20, 80)]
    with Judges(("ms_ssim", "ssimulacra2"), workers=1) as judges:
        verdicts = judges.of(larger, decoded)
    assert verdicts == [{"ms_ssim": ms_ssim(larger, d), "ssimulacra2": ssimulacra2(larger, d)} for d in decoded]


def test_the_order_is_kept_whoever_is_done_first(drawn, as_jpeg):
    decoded = [as_jpeg(drawn, quality) for quality in range(5, 95, 10)]
    with Judges(("psnr",), workers=2) as judges:
        assert judges.of(drawn, decoded) == [{"psnr": psnr(drawn, picture)} for picture in decoded]


def test_equal_pixels_are_judged_once(drawn, as_jpeg, monkeypatch):
    submitted = []
    submit = Judges._submit

    def counted(self, name, *pictures):
        submitted.append(name)
        return submit(self, name, *pictures)

    monkeypatch.setattr(Judges, "_submit", counted)
    decoded = [as_jpeg(drawn, quality) for quality in (20, 80)]
    with Judges(("psnr",), workers=1) as judges:
        first = judges.of(drawn, [decoded[0], decoded[1], decoded[0].copy()])
        assert len(submitted) == 2
        assert first[0] == first[2] != first[1]
        assert judges.of(drawn, [as_jpeg(drawn, 80)]) == [first[1]] == [{"psnr": psnr(drawn, decoded[1])}]
        assert len(submitted) == 2
        judges.of(decoded[1], [drawn])
        assert len(submitted) == 3


def test_a_missing_package_is_named_and_its_metric_none(drawn, monkeypatch):
    monkeypatch.setitem(sys.modules, "ssimulacra2", None)
    with Judges(("ssimulacra2",)) as judges:
        assert judges.of(drawn, [drawn, drawn]) == [{"ssimulacra2": None}] * 2
        assert judges.skipped == {"ssimulacra2": missing("ssimulacra2")}


def test_no_process_starts_for_nothing(drawn, monkeypatch):
    monkeypatch.setattr(judges_module, "ProcessPoolExecutor", None)
    with Judges(()) as judges:
        assert judges.of(drawn, [drawn]) == [{}]
    with Judges(("psnr",)) as judges:
        assert judges.of(drawn, []) == []


def test_an_unknown_metric_is_named():
    assert "there are psnr" in missing("beauty")
    assert missing("psnr") is None
