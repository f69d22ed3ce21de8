import inspect

import pytest

import wlc
from wlc.benchmarks.codecs.lossless import JpegXlLossless, Png, WebPLossless, WlcLossless, lossless_codecs


@pytest.fixture(params=lossless_codecs("cpu"), ids=lambda codec: codec.name)
def codec(request):
    if request.param.missing():
        pytest.skip(request.param.missing())
    return request.param


def test_every_sample_comes_back(codec, drawn):
    decoded = codec.decode(codec.encode(drawn))
    assert (decoded.mode, decoded.size, decoded.tobytes()) == (drawn.mode, drawn.size, drawn.tobytes())


def test_metadata_of_the_source_is_not_counted(codec, drawn):
    plain = codec.encode(drawn)
    drawn.info["icc_profile"] = b"a profile" * 100
    assert codec.encode(drawn) == plain


def test_says_what_it_is(codec):
    assert codec.version() and "None" not in codec.version()
    assert codec.label and codec.setting


def test_names_are_unique():
    names = [codec.name for codec in lossless_codecs()]
    assert names == ["wlc-lossless", "png", "webp-lossless", "jxl-lossless-e3", "jxl-lossless-e7"]


def test_more_effort_makes_smaller_files(drawn):
    low, high = JpegXlLossless(1), JpegXlLossless(7)
    if low.missing():
        pytest.skip(low.missing())
    assert len(high.encode(drawn)) < len(low.encode(drawn))
    assert len(WebPLossless().encode(drawn)) < len(Png().encode(drawn))


def test_wlc_takes_part_as_soon_as_it_can(monkeypatch):
    def compress(image, *, lossless=False): ...

    has_it = "lossless" in inspect.signature(wlc.compress).parameters
    assert (WlcLossless().missing() is None) == has_it
    monkeypatch.setattr(wlc, "compress", compress, raising=False)
    assert WlcLossless().missing() is None
