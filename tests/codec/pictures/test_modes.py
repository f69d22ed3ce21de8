"""Every mode that Pillow has, and the ways in which files hide what it forgets."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from wlc.bitstream.errors import WlcError
from wlc.pictures import read_picture

REDUCED = ("its 16-bit colours were reduced to 8 bits",)


def png(samples: np.ndarray, colour_type: int, depth: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG by hand, for the kinds that Pillow reads and cannot write."""
    height, width = samples.shape[:2]
    per_sample = samples.reshape(height, -1)
    if depth == 16:
        rows = per_sample.astype(">u2").tobytes()
    elif depth == 8:
        rows = per_sample.astype(np.uint8).tobytes()
    else:
        bits = (per_sample[:, :, None] >> np.arange(depth - 1, -1, -1)) & 1
        rows = np.packbits(bits.reshape(height, -1), axis=1).tobytes()
    stride = len(rows) // height
    filtered = b"".join(b"\0" + rows[at : at + stride] for at in range(0, len(rows), stride))
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    everything = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(filtered)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in everything
    )


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


@pytest.mark.parametrize(("colour_type", "channels", "layout"), [(2, 3, "RGB"), (4, 2, "LA"), (6, 4, "RGBA")])
def test_16_bit_colour_is_reduced_and_that_is_said(colour_type, channels, layout):
    wide = np.random.default_rng(1).integers(0, 65536, (8, 9, channels))
    picture = read_picture(png(wide, colour_type, 16))
    assert (picture.layout, picture.bit_depth, picture.notes) == (layout, 8, REDUCED)
    assert np.array_equal(picture.samples, wide >> 8)
    assert read_picture(png(wide & 255, colour_type, 8)).notes == ()


def test_16_bit_colour_elsewhere():
    levels = np.arange(48, dtype=">u2") * 1000
    assert read_picture(b"P6\n4 4\n65535\n" + levels.tobytes()).notes == REDUCED
    assert read_picture(b"P6\n4 4\n255\n" + bytes(48)).notes == ()


def test_a_transparent_16_bit_colour_is_compared_in_8_bits():
    wide = np.full((4, 4, 3), 0x1234)
    wide[0, 0] = 0x5678
    picture = read_picture(png(wide, 2, 16, (b"tRNS", struct.pack(">HHH", 0x5678, 0x5678, 0x5678))))
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
