"""16-bit colour goes out whole, and is read back as it went."""

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from PIL import Image

from wlc.pictures import Metadata, Picture, read_picture
from wlc.pictures.formats import fitted_to, write_picture
from wlc.pictures.wide_writing import wide_png

from .drawing import wide_samples

EXIF = b"MM\0*\0\0\0\x08\0\x01\x01\x0f\0\x02\0\0\0\x04abc\0\0\0\0\0"
XMP = b"<x:xmpmeta>some</x:xmpmeta>"


@given(samples=wide_samples())
def test_png_gives_back_every_sample(samples):
    picture = Picture(samples)
    assert fitted_to(picture, "PNG") is picture
    back = read_picture(write_picture(picture, "PNG"))
    assert back.notes == () and back.samples.dtype == np.uint16
    assert np.array_equal(back.samples, samples)


@given(samples=wide_samples(channels=(1, 3)))
def test_ppm_gives_back_every_sample(samples):
    back = read_picture(write_picture(Picture(samples), "PPM"))
    assert back.notes == () and np.array_equal(back.samples, samples)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_png_keeps_the_metadata(srgb_profile, channels):
    metadata = Metadata(srgb_profile, EXIF, XMP)
    picture = Picture(np.full((5, 6, channels), 1000, np.uint16), metadata)
    assert read_picture(write_picture(picture)).metadata == metadata


@pytest.mark.parametrize(("layout", "channels"), [("LA", 2), ("RGB", 3), ("RGBA", 4)])
def test_the_upper_bytes_are_what_others_show(layout, channels):
    samples = np.random.default_rng(2).integers(0, 65536, (9, 8, channels)).astype(np.uint16)
    data = write_picture(Picture(samples))
    assert struct.unpack(">IIBB", data[16:26]) == (8, 9, 16, {"LA": 4, "RGB": 2, "RGBA": 6}[layout])
    shown = np.array(Image.open(io.BytesIO(data)))
    assert np.array_equal(shown[:, :, :: 3 if layout == "LA" else 1], samples >> 8)


def test_pixels_that_take_many_bands_and_chunks(monkeypatch):
    monkeypatch.setattr("wlc.pictures.wide_writing._BAND", 2**12)
    samples = np.random.default_rng(4).integers(0, 65536, (300, 200, 3)).astype(np.uint16)
    data = wide_png(samples, "RGB")
    assert data.count(b"IDAT") > 1
    assert np.array_equal(read_picture(data).samples, samples)


def test_filters_are_worth_their_while():
    y, x = np.mgrid[:200, :300]
    smooth = (np.stack([40 * x + 90 * y, 70 * x, 100 * y], axis=-1) + 5000).astype(np.uint16)
    assert len(wide_png(smooth, "RGB")) * 4 < len(zlib.compress(smooth.astype(">u2").tobytes()))
