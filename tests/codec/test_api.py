"""The library as a program uses it."""

import inspect
import io

import numpy as np
import pytest
from PIL import Image

import wlc
import wlc.encode  # torch is loaded once, here, and not in the first test that needs it
from wlc.bitstream.errors import CorruptFile, LimitExceeded, WlcError


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / ((one.astype(float) - other) ** 2).mean()))


def test_there_and_back(rgb, photo, saved, tmp_path):
    data = wlc.compress(rgb)
    image = wlc.decompress(data)
    assert isinstance(image, Image.Image) and image.mode == "RGB" and image.size == photo.size
    assert psnr(np.array(image), rgb) > 25
    path = tmp_path / "photo.png"
    path.write_bytes(saved(photo, "PNG"))
    for source in (path, str(path), path.read_bytes(), io.BytesIO(path.read_bytes()), photo):
        assert wlc.compress(source) == data
    path.with_suffix(".wlc").write_bytes(data)
    for source in (path.with_suffix(".wlc"), str(path.with_suffix(".wlc")), bytearray(data)):
        assert wlc.decompress(source).tobytes() == image.tobytes()


def test_quality_is_the_second_thing_one_says(rgb):
    assert wlc.compress(rgb, 60) == wlc.compress(rgb) == wlc.compress(rgb, quality=60)
    sizes = [len(wlc.compress(rgb, quality)) for quality in (1, 30, 60.5, 100)]
    assert sizes == sorted(set(sizes))


def test_effort_makes_another_file_of_the_same_picture(rgb):
    data = wlc.compress(rgb, effort=2)
    assert data != wlc.compress(rgb) == wlc.compress(rgb, effort=0)
    assert psnr(np.array(wlc.decompress(data)), rgb) > 25


def test_tuned_for_the_eye(rgb):
    """Weights of their own, which the file names: what reads it need not be told."""
    assert wlc.compress(rgb, tune="psnr") == wlc.compress(rgb)
    data = wlc.compress(rgb, tune="visual")
    assert data == wlc.compress(rgb, model="visual") and wlc.info(data).model == "visual"
    assert psnr(np.array(wlc.decompress(data)), rgb) > 25
    assert 0.8 * 3000 < len(wlc.compress(rgb, tune="visual", size=3000)) <= 3000
    assert psnr(np.array(wlc.decompress(wlc.compress(rgb, tune="visual", psnr=30))), rgb) >= 29.9


def test_targets_are_kept(rgb):
    pixels = rgb.shape[0] * rgb.shape[1]
    assert 0.8 * 3000 < len(wlc.compress(rgb, size=3000)) <= 3000
    assert len(wlc.compress(rgb, bpp=1.5)) * 8 / pixels <= 1.5
    assert psnr(np.array(wlc.decompress(wlc.compress(rgb, psnr=30))), rgb) >= 29.9
    with pytest.raises(WlcError, match="too few"):
        wlc.compress(rgb, size=10)
    with pytest.raises(WlcError, match="cannot be reached"):
        wlc.compress(rgb, psnr=99)


@pytest.mark.parametrize(
    "options",
    [
        {"quality": 0},
        {"quality": 60, "size": 1000},
        {"bpp": -1},
        {"metadata": "some"},
        {"coder": "zip"},
        {"effort": 10},
        {"tune": "nice"},
        {"tune": "visual", "lossless": True},
        {"tune": "visual", "max_error": 2},
        {"tune": "visual", "model": "cells"},
        {"tune": "visual", "effort": 1},
    ],
)
def test_options_that_make_no_sense(rgb, options):
    with pytest.raises(ValueError):
        wlc.compress(rgb, **options)


def test_metadata_is_kept_unless_it_is_not_wanted(photo, srgb_profile):
    photo.info.update(icc_profile=srgb_profile, exif=b"MM\0*" + bytes(20), xmp=b"<xmp/>")
    image = wlc.decompress(wlc.compress(photo))
    assert {name: image.info[name] for name in ("icc_profile", "exif", "xmp")} == photo.info
    assert wlc.decompress(wlc.compress(photo, metadata="none")).info == {}


@pytest.mark.parametrize("reduce", [1, 2, 3])
def test_reduced(rgb, reduce):
    data = wlc.compress(rgb, 100)
    image = wlc.decompress(data, reduce=reduce)
    cell = 2**reduce
    assert image.size == (-(-129 // cell), -(-67 // cell))
    whole = np.array(wlc.decompress(data))
    cut = whole[: 67 // cell * cell, : 129 // cell * cell].reshape(67 // cell, cell, 129 // cell, cell, 3)
    small = np.array(image)[: 67 // cell, : 129 // cell]
    assert np.abs(cut.mean(axis=(1, 3)) - small).mean() < 12


def test_what_cannot_be_kept_is_a_warning(rgb):
    wide = rgb.astype(np.uint16) * 257
    data = wlc.compress(wide)
    with pytest.warns(UserWarning, match="16-bit samples were reduced"):
        assert wlc.decompress(data).mode == "RGB"
    with pytest.warns(UserWarning, match="rule of thumb"):
        wlc.compress(Image.fromarray(rgb).convert("CMYK"))


def test_16_bit_gray_comes_back_as_such(rgb):
    gray = rgb[:, :, 0].astype(np.uint16) * 257
    image = wlc.decompress(wlc.compress(gray, 100))
    assert image.mode == "I;16"
    assert np.abs(np.array(image).astype(int) - gray).mean() < 700


def test_errors_are_of_one_family(rgb):
    with pytest.raises(CorruptFile):
        wlc.decompress(b"nothing of the kind")
    with pytest.raises(LimitExceeded):
        wlc.decompress(wlc.compress(rgb), limits=wlc.Limits(pixels=10))
    with pytest.raises(wlc.WlcError):
        wlc.compress(b"text")
    with pytest.raises(FileNotFoundError):
        wlc.decompress("there-is-no-such.wlc")


def test_all_that_is_promised_is_there():
    for name in wlc.__all__:
        assert inspect.getdoc(getattr(wlc, name)) and name in dir(wlc)
    assert wlc.__version__[0].isdigit()
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = wlc.nonsense
