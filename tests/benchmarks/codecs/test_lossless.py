import pytest

import wlc
from wlc.benchmarks.codecs.lossless import JpegXlLossless, Png, WebPLossless, WlcLossless, lossless_peers
from wlc.models import weights

EVERY = (WlcLossless("cpu"), *lossless_peers())


@pytest.fixture(params=EVERY, ids=lambda codec: codec.name)
def codec(request, tiny_lossless):
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
    names = [codec.name for codec in EVERY]
    assert names == ["wlc-lossless", "png", "webp-lossless", "jxl-lossless-e3", "jxl-lossless-e7"]


def test_more_effort_makes_smaller_files(drawn):
    low, high = JpegXlLossless(1), JpegXlLossless(7)
    if low.missing():
        pytest.skip(low.missing())
    assert len(high.encode(drawn)) < len(low.encode(drawn))
    assert len(WebPLossless().encode(drawn)) < len(Png().encode(drawn))


def test_wlc_needs_its_weights(tiny_lossless, tmp_path, monkeypatch):
    assert WlcLossless().missing() is None
    assert WlcLossless(model="nobody").missing() == "weights named 'nobody' are not installed"
    assert WlcLossless(model="photo").missing() == "the weights 'photo' are not for lossless files"
    monkeypatch.setattr(weights, "SHIPPED", tmp_path)
    monkeypatch.delenv(weights.SEARCH_PATH)
    assert "'lossless'" in WlcLossless().missing()
    assert "can be read only if its folder is in $" in WlcLossless(model=str(tiny_lossless)).missing()


def test_wlc_with_named_weights_says_so(tiny_lossless, drawn):
    ours = WlcLossless("cpu", str(tiny_lossless))
    assert (ours.name, ours.label) == ("wlc-lossless-lossless", "wlc lossless lossless")
    assert wlc.info(ours.encode(drawn)).fingerprint in ours.version()
    assert ours.encode(drawn) == WlcLossless("cpu").encode(drawn)
