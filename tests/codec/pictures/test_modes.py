"""Every mode that Pillow has, and the ways in which files hide what it forgets."""

import io
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from wlc.bitstream.errors import WlcError
from wlc.pictures import read_picture

from .by_hand import GRAY, GRAY_ALPHA, PALETTE, RGB, RGBA, png


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_the_four_layouts_are_kept_as_they_are(drawn, mode):
    image = Image.fromarray(drawn).convert(mode)
    picture = read_picture(image)
    assert picture.layout == mode and picture.notes == ()
    assert np.array_equal(picture.samples.squeeze(), np.array(image))


@pytest.mark.parametrize(
    ("mode", "becomes"),
    [("1", "L"), ("La", "LA"), ("RGBa", "RGBA"), ("RGBX", "RGB"), ("YCbCr", "RGB"), ("HSV", "RGB")],
)
def test_modes_with_another_name_for_the_same(drawn, mode, becomes):
    image = (
        Image.fromarray(drawn)
        .convert("LA" if mode == "La" else "RGBA")
        .convert(mode if mode in ("La", "RGBa") else "RGB")
    )
    if mode not in ("La", "RGBa"):
        image = image.convert(mode)
    picture = read_picture(image)
    assert picture.layout == becomes and picture.bit_depth == 8
    assert np.array_equal(picture.samples.squeeze(), np.array(image.convert(becomes)))


def test_one_bit_is_black_and_white(photo, saved):
    picture = read_picture(saved(photo.convert("1"), "PNG"))
    assert picture.layout == "L" and set(np.unique(picture.samples)) == {0, 255}


def test_a_palette_is_looked_up(photo, saved):
    colours = photo.quantize(32)
    picture = read_picture(saved(colours, "PNG"))
    assert picture.layout == "RGB" and np.array_equal(picture.samples, np.array(colours.convert("RGB")))
    grays = photo.convert("L").quantize(16)
    picture = read_picture(saved(grays, "PNG"))
    assert picture.layout == "L" and np.array_equal(picture.samples[..., 0], np.array(grays.convert("L")))


def test_a_gray_palette_under_a_profile_for_colours_stays_colour(photo, saved, srgb_profile):
    picture = read_picture(saved(photo.convert("L").quantize(16), "PNG", icc_profile=srgb_profile))
    assert picture.layout == "RGB" and picture.metadata.icc == srgb_profile


def test_transparent_palette_entries_become_alpha(photo, saved):
    colours = photo.quantize(32)
    chosen = np.array(colours)[5, 5]
    one = read_picture(saved(colours, "PNG", transparency=int(chosen)))
    assert one.layout == "RGBA"
    assert np.array_equal(one.samples[..., 3] == 0, np.array(colours) == chosen)
    soft = read_picture(saved(colours, "PNG", transparency=bytes(range(0, 256, 8))))
    assert soft.layout == "RGBA" and np.array_equal(soft.samples[..., 3], np.array(colours) * 8)
    opaque = read_picture(saved(colours, "PNG", transparency=bytes([255] * 32)))
    assert opaque.layout == "RGB"


def test_palette_with_alpha(photo):
    assert read_picture(photo.quantize(32).convert("PA")).layout == "RGB"


def test_a_transparent_colour_becomes_alpha(rgb, saved):
    key = tuple(int(level) for level in rgb[9, 9])
    picture = read_picture(saved(Image.fromarray(rgb), "PNG", transparency=key))
    assert picture.layout == "RGBA"
    assert np.array_equal(picture.samples[..., 3] == 0, (rgb == key).all(axis=2))
    assert np.array_equal(picture.samples[..., :3], rgb)
    level = int(rgb[9, 9, 0])
    gray = read_picture(saved(Image.fromarray(rgb[..., 0]), "PNG", transparency=level))
    assert gray.layout == "LA" and np.array_equal(gray.samples[..., 1] == 0, rgb[..., 0] == level)


@pytest.mark.parametrize("depth", [2, 4])
def test_gray_of_a_few_bits_with_a_transparent_level(depth):
    levels = np.arange(2**depth).reshape(2, -1).repeat(4, axis=0)
    picture = read_picture(png(levels, 0, depth, (b"tRNS", struct.pack(">H", 2))))
    assert np.array_equal(picture.samples[..., 0], levels * (255 // (2**depth - 1)))
    assert np.array_equal(picture.samples[..., 1] == 0, levels == 2)


@given(
    depth=st.sampled_from([1, 2, 4, 8]),
    size=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    seed=st.integers(0, 2**32 - 1),
    interlaced=st.booleans(),
)
def test_gray_png_of_every_depth(depth, size, seed, interlaced):
    levels = np.random.default_rng(seed).integers(0, 2**depth, size)
    picture = read_picture(png(levels, GRAY, depth, interlaced=interlaced))
    assert (picture.layout, picture.bit_depth, picture.notes) == ("L", 8, ())
    assert np.array_equal(picture.samples[..., 0], levels * (255 // (2**depth - 1)))


@given(
    colour_type=st.sampled_from([GRAY_ALPHA, RGB, RGBA]),
    size=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    seed=st.integers(0, 2**32 - 1),
    interlaced=st.booleans(),
)
def test_png_of_8_bits_and_several_channels(colour_type, size, seed, interlaced):
    channels = {GRAY_ALPHA: 2, RGB: 3, RGBA: 4}[colour_type]
    samples = np.random.default_rng(seed).integers(0, 256, (*size, channels))
    picture = read_picture(png(samples, colour_type, 8, interlaced=interlaced))
    assert picture.bit_depth == 8 and picture.notes == ()
    assert np.array_equal(picture.samples, samples)


@given(
    depth=st.sampled_from([1, 2, 4, 8]),
    size=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    seed=st.integers(0, 2**32 - 1),
    interlaced=st.booleans(),
    transparent=st.integers(0, 2),
)
def test_palette_png_of_every_depth(depth, size, seed, interlaced, transparent):
    """Of the palette's entries none is transparent, or the first few, or all."""
    random = np.random.default_rng(seed)
    palette, alpha = random.integers(0, 256, (2**depth, 3)), random.integers(0, 256, 2**depth)
    opaque_from = [0, 2 ** (depth - 1), 2**depth][transparent]
    alpha[opaque_from:] = 255
    chunks = [(b"PLTE", palette.astype(np.uint8).tobytes())]
    if opaque_from:
        chunks.append((b"tRNS", alpha[:opaque_from].astype(np.uint8).tobytes()))
    levels = random.integers(0, 2**depth, size)
    picture = read_picture(png(levels, PALETTE, depth, *chunks, interlaced=interlaced))
    colours, seen_through = picture.samples, np.full(size, 255)
    if picture.has_alpha:
        colours, seen_through = picture.samples[..., :-1], picture.samples[..., -1]
    assert np.array_equal(np.broadcast_to(colours, (*size, 3)), palette[levels])
    assert np.array_equal(seen_through, alpha[levels])


def test_16_bit_gray_is_kept_whole(saved):
    levels = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    for data in (
        saved(Image.fromarray(levels), "PNG"),
        saved(Image.fromarray(levels), "TIFF"),
        saved(Image.fromarray(levels.astype(np.int32)), "TIFF"),
        Image.fromarray(levels.astype(np.int32)),
        Image.frombytes("I;16B", (256, 256), levels.astype(">u2").tobytes()),
    ):
        picture = read_picture(data)
        assert (picture.layout, picture.bit_depth, picture.notes) == ("L", 16, ())
        assert np.array_equal(picture.samples[..., 0], levels)


def test_16_bit_gray_with_a_transparent_level():
    levels = np.arange(0, 65536, 256).reshape(16, 16)
    picture = read_picture(png(levels, 0, 16, (b"tRNS", struct.pack(">H", 512))))
    assert (picture.layout, picture.bit_depth) == ("LA", 16)
    assert np.array_equal(picture.samples[..., 1], np.where(levels == 512, 0, 65535))


def test_gray_of_more_than_16_bits_is_refused():
    with pytest.raises(WlcError, match="-1 to 65535"):
        read_picture(Image.fromarray(np.array([[-1, 65535]], np.int32)))
    with pytest.raises(WlcError, match="65536"):
        read_picture(Image.fromarray(np.array([[0, 65536]], np.int32)))


def test_floating_point_is_refused():
    with pytest.raises(WlcError, match="mode F"):
        read_picture(Image.new("F", (4, 4)))


def test_a_transparent_16_bit_colour_of_an_opened_image_is_compared_in_8_bits():
    wide = np.full((4, 4, 3), 0x1234)
    wide[0, 0] = 0x5678
    image = Image.open(io.BytesIO(png(wide, RGB, 16, (b"tRNS", struct.pack(">HHH", 0x5678, 0x5678, 0x5678)))))
    picture = read_picture(image)
    assert picture.samples[0, 0].tolist() == [0x56, 0x56, 0x56, 0] and (picture.samples[1:, :, 3] == 255).all()


def test_print_colours_without_a_profile(photo, saved):
    picture = read_picture(saved(photo.convert("CMYK"), "JPEG", quality=95))
    assert picture.layout == "RGB" and "rule of thumb" in picture.notes[0]
    assert np.abs(picture.samples.astype(int) - np.array(photo)).mean() < 8


def test_print_colours_under_a_profile_that_is_for_something_else(photo, saved, srgb_profile):
    picture = read_picture(saved(photo.convert("CMYK"), "TIFF", icc_profile=srgb_profile))
    assert picture.layout == "RGB" and picture.metadata.icc is None and "damaged" in picture.notes[0]


def test_print_colours_go_through_their_profile(photo, saved, monkeypatch):
    """No CMYK profile may be shipped, so the one step that needs it is looked at from outside."""
    profile = bytearray(128)
    profile[16:20], profile[36:40] = b"CMYK", b"acsp"
    asked = {}

    def convert(image, given, wanted, **options):
        asked.update(given=given, **options)
        return image.convert("RGB")

    monkeypatch.setattr(ImageCms, "ImageCmsProfile", lambda stream: stream.read())
    monkeypatch.setattr(ImageCms, "profileToProfile", convert)
    picture = read_picture(saved(photo.convert("CMYK"), "TIFF", icc_profile=bytes(profile)))
    assert asked["given"] == bytes(profile) and asked["outputMode"] == "RGB"
    assert picture.metadata.icc is None and picture.notes == ()


def test_lab_becomes_srgb(photo):
    lab = ImageCms.profileToProfile(
        photo, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    picture = read_picture(lab)
    assert picture.layout == "RGB"
    assert np.abs(picture.samples.astype(int) - np.array(photo)).mean() < 3
