"""16-bit colour comes in with every bit of every sample, or the file is refused, or the loss is said."""

import struct
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from wlc.bitstream.errors import LimitExceeded, WlcError
from wlc.bitstream.limits import DEFAULT_LIMITS
from wlc.pictures import read_picture

from .by_hand import GRAY, GRAY_ALPHA, RGB, RGBA, png, tiff
from .drawing import wide_samples

COLOUR_TYPES = {1: GRAY, 2: GRAY_ALPHA, 3: RGB, 4: RGBA}
REDUCED = ("its 16-bit colours were reduced to 8 bits",)
NOISE = np.random.default_rng(3).integers(0, 65536, (23, 17, 4)).astype(np.uint16)


@given(samples=wide_samples(), interlaced=st.booleans())
def test_png_of_every_colour_type_interlaced_or_not(samples, interlaced):
    picture = read_picture(png(samples, COLOUR_TYPES[samples.shape[2]], 16, interlaced=interlaced))
    assert picture.samples.dtype == np.uint16 and picture.notes == ()
    assert np.array_equal(picture.samples, samples)


@pytest.mark.parametrize("interlaced", [False, True])
def test_a_transparent_colour_is_compared_in_all_its_bits(interlaced):
    wide = np.full((4, 4, 3), 0x1234)
    wide[0, 0], wide[1, 1] = 0x5678, 0x5679  # alike in their upper bytes
    key = (b"tRNS", struct.pack(">HHH", 0x5678, 0x5678, 0x5678))
    picture = read_picture(png(wide, RGB, 16, key, interlaced=interlaced))
    assert np.array_equal(picture.samples[..., :3], wide)
    assert np.array_equal(picture.samples[..., 3], np.where(wide[..., 0] == 0x5678, 0, 65535))


def test_metadata_comes_along_even_from_after_the_pixels(srgb_profile):
    exif = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"  # a quarter turn to the right
    whole = png(NOISE, RGBA, 16, (b"eXIf", exif), (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x/>"))
    ihdr, metadata, pixels = whole[:33], whole[33 : whole.index(b"IDAT") - 4], whole[whole.index(b"IDAT") - 4 :]
    for data in (whole, ihdr + pixels[:-12] + metadata + pixels[-12:]):
        picture = read_picture(data)
        assert np.array_equal(picture.samples, np.rot90(NOISE, -1))
        assert picture.metadata.exif == exif.replace(b"\0\x06", b"\0\x01") and picture.metadata.xmp == b"<x/>"


@given(samples=wide_samples(channels=(3,)), highest=st.integers(256, 65535))
def test_ppm_is_spread_over_16_bits_as_gray_is(samples, highest):
    levels = samples % (highest + 1)
    height, width, _ = levels.shape
    picture = read_picture(b"P6\n# drawn\n%d %d\n%d\n" % (width, height, highest) + levels.astype(">u2").tobytes())
    gray = read_picture(b"P5\n%d %d\n%d\n" % (3 * width, height, highest) + levels.astype(">u2").tobytes())
    assert picture.notes == () and picture.samples.dtype == np.uint16
    assert np.array_equal(picture.samples.ravel(), gray.samples.ravel())
    assert highest < 65535 or np.array_equal(picture.samples, samples)


def test_ppm_beyond_its_own_highest_level_is_white():
    assert read_picture(b"P6\n1 1\n1000\n" + b"\3\xe8\xff\xff\0\0").samples.ravel().tolist() == [65535, 65535, 0]


def test_other_ppm_is_as_it_was():
    assert read_picture(b"P6\n4 4\n255\n" + bytes(48)).bit_depth == 8
    assert read_picture(b"P6\n4 4\n100\n" + bytes(48)).notes == ()
    assert read_picture(b"P3\n1 1\n65535\n0 256 65535\n").notes == REDUCED


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("deflated", [False, True])
@pytest.mark.parametrize(("channels", "extra"), [(3, None), (4, 2), (4, 0)])
def test_tiff(order, deflated, channels, extra):
    picture = read_picture(tiff(NOISE[:, :, :channels], order, deflated=deflated, extra=extra))
    kept = 3 if extra == 0 else channels  # a fourth channel that says nothing of itself
    assert picture.notes == () and np.array_equal(picture.samples, NOISE[:, :, :kept])


def test_tiff_whose_lower_bytes_pillow_does_not_give_away():
    associated = tiff(NOISE, "<", extra=1)
    apart = tiff(NOISE[:, :, :3], "<", deflated=True, apart=True)
    for data in (associated, apart):
        assert read_picture(data).notes == REDUCED
    assert np.array_equal(read_picture(apart).samples, NOISE[:, :, :3] >> 8)


@pytest.mark.parametrize("order", ["<", ">"])
def test_tiff_that_pillow_would_take_for_8_bits_is_refused(order):
    with pytest.raises(WlcError, match="plane of its own"):
        read_picture(tiff(NOISE[:, :, :3], order, apart=True))


def test_an_image_that_was_opened_elsewhere_has_8_bits_and_that_is_said(tmp_path):
    path = tmp_path / "wide.png"
    path.write_bytes(png(NOISE[:, :, :3], RGB, 16))
    with Image.open(path) as image:
        picture = read_picture(image)
    assert picture.notes == REDUCED and np.array_equal(picture.samples, NOISE[:, :, :3] >> 8)
    assert np.array_equal(read_picture(path).samples, NOISE[:, :, :3])


def test_5_or_6_bits_a_sample_are_not_16():
    bitmap = b"BM" + struct.pack("<IIIIiiHHIIiiII", 58, 0, 54, 40, 1, 1, 1, 16, 0, 4, 0, 0, 0, 0) + b"\xff\x7f\0\0"
    picture = read_picture(bitmap)
    assert picture.notes == () and picture.samples.ravel().tolist() == [255, 255, 255]


WIDE_FILES = {
    "png": png(NOISE, RGBA, 16),
    "interlaced png": png(NOISE, RGBA, 16, interlaced=True),
    "gray png with alpha": png(NOISE[:, :, :2], GRAY_ALPHA, 16),
    "ppm": b"P6\n17 23\n65535\n" + NOISE[:, :, :3].astype(">u2").tobytes(),
    "tiff": tiff(NOISE[:, :, :3], ">"),
    "deflated tiff": tiff(NOISE[:, :, :3], "<", deflated=True),
}


@pytest.mark.parametrize("name", WIDE_FILES)
def test_what_is_cut_off_is_refused(name):
    data = WIDE_FILES[name]
    for length in np.linspace(0, len(data) - 24, 60).astype(int):
        with pytest.raises(WlcError) as raised:
            read_picture(data[:length])
        assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["png", "interlaced png", "gray png with alpha"])
@given(st.data())
def test_damage_in_a_png_is_found_or_touches_no_pixel(name, data):
    damaged = bytearray(WIDE_FILES[name])
    at = data.draw(st.integers(0, len(damaged) - 1))
    damaged[at] ^= data.draw(st.integers(1, 255))
    try:
        picture = read_picture(bytes(damaged))
    except WlcError as error:
        assert "\n" not in str(error)
    else:
        assert np.array_equal(picture.samples, NOISE[:, :, : picture.samples.shape[2]])


@pytest.mark.parametrize("name", WIDE_FILES)
def test_limits_hold_here_too(name):
    with pytest.raises(LimitExceeded, match="limit of 100"):
        read_picture(WIDE_FILES[name], replace(DEFAULT_LIMITS, pixels=100))
    with pytest.raises(LimitExceeded, match="20 pixels a side"):
        read_picture(WIDE_FILES[name], replace(DEFAULT_LIMITS, side=20))


def test_a_header_alone_takes_no_memory():
    with pytest.raises(LimitExceeded):
        read_picture(b"P6\n65000 65000\n65535\n")
    with pytest.raises(WlcError, match="not all of its pixels"):
        read_picture(b"P6\n16000 16000\n65535\n")
