import sys

import pytest

from wlc.benchmarks.codecs.learned import ARCHITECTURES, Learned, learned_speeds, missing
from wlc.benchmarks.pictures import pictures_of


@pytest.fixture
def pictures(drawn, tmp_path):
    drawn.save(tmp_path / "a.png")
    return pictures_of(tmp_path)


@pytest.fixture
def compressai():
    if missing():
        pytest.skip(missing())


def test_measures_real_coding(compressai, pictures):
    heard = []
    (speed,), skipped = learned_speeds(pictures, ["bmshj2018-hyperprior"], heard.append)
    assert heard == [speed.name] == ["bmshj2018-hyperprior"]
    assert skipped == {}
    assert speed.encode_speed > 0 and speed.decode_speed > 0
    assert speed.parameters == 5_075_843  # as CompressAI lists it


def test_multiply_adds_are_those_of_its_layers(compressai, pictures):
    """N=128, M=192: convolutions five by five at 1/2 to 1/16 with GDN between them, hyper nets at 1/16 to 1/64."""
    n, m = 128, 192
    transform = (3 * n * 25 + n * n) / 4 + (n * n * 25 + n * n) / 16 + (n * n * 25 + n * n) / 64 + n * m * 25 / 256
    hyper_down = m * n * 9 / 256 + n * n * 25 / 1024 + n * n * 25 / 4096
    hyper_up = n * n * 25 / 4096 + n * n * 25 / 1024 + n * m * 9 / 256
    (speed,), _ = learned_speeds(pictures, ["bmshj2018-hyperprior"])
    assert speed.encode_kmac == pytest.approx((transform + hyper_down + hyper_up) / 1000)


def test_pads_and_crops(compressai, drawn):
    codec = Learned("bmshj2018-hyperprior")
    data = codec.encode(drawn)
    assert all(isinstance(string, bytes) for strings in data["strings"] for string in strings)
    decoded = codec.decode(data)
    assert (decoded.mode, decoded.size) == ("RGB", drawn.size)


def test_without_compressai_all_are_skipped(pictures, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "compressai"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "compressai", None)
    assert learned_speeds(pictures) == ([], dict.fromkeys(ARCHITECTURES, "compressai is not installed"))


def test_one_that_does_not_start_is_skipped_in_one_line(pictures, tmp_path, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "compressai"]:
        monkeypatch.delitem(sys.modules, name)
    (tmp_path / "compressai.py").write_text("raise RuntimeError('no operator here\\nand a long story')\n")
    monkeypatch.syspath_prepend(tmp_path)
    speeds, skipped = learned_speeds(pictures, ["mbt2018-mean"])
    assert (speeds, skipped) == ([], {"mbt2018-mean": "compressai cannot be imported: no operator here"})


def test_an_unknown_architecture_is_an_error(pictures):
    with pytest.raises(ValueError, match="no such learned codec: jpeg"):
        learned_speeds(pictures, ["jpeg"])
