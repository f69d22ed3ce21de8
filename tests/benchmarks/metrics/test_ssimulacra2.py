import sys

import pytest
from PIL import Image

from wlc.benchmarks.metrics.ssimulacra2 import missing, ssimulacra2


@pytest.fixture
def package():
    pytest.importorskip("ssimulacra2")
    assert missing() is None


def test_equal_pictures_are_a_hundred(package, larger):
    assert ssimulacra2(larger, larger) == 100


def test_falls_with_quality(package, larger, as_jpeg):
    good, fair, bad = (ssimulacra2(larger, as_jpeg(larger, quality)) for quality in (90, 40, 5))
    assert 100 > good > fair > bad


def test_is_what_the_package_says_of_files(package, larger, as_jpeg, tmp_path):
    from ssimulacra2 import compute_ssimulacra2

    decoded = as_jpeg(larger, 40)
    larger.save(tmp_path / "original.png")
    decoded.save(tmp_path / "decoded.png")
    expected = compute_ssimulacra2(str(tmp_path / "original.png"), str(tmp_path / "decoded.png"))
    assert ssimulacra2(larger, decoded) == expected


def test_metadata_does_not_matter(package, drawn, as_jpeg):
    decoded = as_jpeg(drawn, 40)
    plain = ssimulacra2(drawn, decoded)
    drawn.info |= {"icc_profile": b"a profile", "transparency": (0, 0, 0), "exif": b"x"}
    assert ssimulacra2(drawn, decoded) == plain


def test_none_where_no_scale_fits(package):
    tiny, other = Image.new("RGB", (7, 300)), Image.new("RGB", (7, 300), "white")
    assert ssimulacra2(tiny, other) is None
    assert ssimulacra2(tiny.resize((8, 300)), other.resize((8, 300))) < 100


def test_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ssimulacra2", None)
    assert "pip install" in missing()
