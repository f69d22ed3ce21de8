"""What goes out: no loss in silence, whatever format is asked for."""

import io

import numpy as np
import pytest
from PIL import Image

from wlc.bitstream.errors import WlcError
from wlc.pictures import Picture, read_picture
from wlc.pictures.formats import fitted_to, format_for, to_image, write_picture
from wlc.pictures.metadata import Metadata

CHANNELS = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}
EXIF = b"MM\0*\0\0\0\x08\0\x01\x01\x0f\0\x02\0\0\0\x04abc\0\0\0\0\0"
XMP = b"<x:xmpmeta>some</x:xmpmeta>"


def picture_of(drawn: np.ndarray, layout: str, depth: int = 8, metadata: Metadata | None = None) -> Picture:
    samples = drawn[:, :, : CHANNELS[layout]]
    if layout == "LA":
        samples = drawn[:, :, ::3][:, :, :2]
    if depth == 16:
        samples = samples.astype(np.uint16) * 257
    return Picture(samples, metadata or Metadata())


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("a.png", "PNG"),
        ("a.PNG", "PNG"),
        ("-", "PNG"),
        ("dir.x/a", "PNG"),
        ("a.jpeg", "JPEG"),
        ("a.mpo", "JPEG"),
        ("a.tif", "TIFF"),
        ("a.webp", "WEBP"),
        ("a.avif", "AVIF"),
        ("a.jp2", "JPEG2000"),
        ("a.bmp", "BMP"),
    ],
)
def test_the_name_asks_for_a_format(name, format):
    assert format_for(name) == format


@pytest.mark.parametrize("name", ["a.wlc", "a.txt", "a.psd"])
def test_names_that_ask_for_no_picture(name):
    with pytest.raises(WlcError, match=r"try \.png"):
        format_for(name)


@pytest.mark.parametrize("layout", CHANNELS)
@pytest.mark.parametrize("format", ["PNG", "TIFF", "WEBP", "JPEG2000", "TGA", "QOI"])
def test_lossless_formats_give_back_what_they_hold(drawn, layout, format):
    picture = picture_of(drawn, layout)
    back = read_picture(write_picture(picture, format))
    if back.samples.shape == picture.samples.shape:
        assert np.array_equal(back.samples, picture.samples)
    else:  # a format without gray
        assert np.array_equal(back.samples[:, :, :3], np.repeat(picture.samples[:, :, :1], 3, axis=2))
        assert not picture.has_alpha or np.array_equal(back.samples[:, :, 3], picture.samples[:, :, 1])


@pytest.mark.parametrize("format", ["JPEG", "AVIF"])
def test_lossy_formats_are_asked_for_little_loss(drawn, format):
    picture = picture_of(drawn, "RGB")
    back = read_picture(write_picture(picture, format))
    assert np.abs(back.samples.astype(int) - picture.samples).mean() < 4


@pytest.mark.parametrize("format", ["JPEG", "BMP", "PPM", "PCX"])
@pytest.mark.parametrize("layout", ["LA", "RGBA"])
def test_transparency_is_never_dropped(drawn, format, layout):
    with pytest.raises(WlcError, match="holds no transparency"):
        write_picture(picture_of(drawn, layout), format)


@pytest.mark.parametrize(("layout", "format"), [("LA", "PNG"), ("RGB", "PNG"), ("RGBA", "PNG"), ("RGB", "PPM")])
def test_16_bit_colour_is_kept_where_it_can_be(drawn, layout, format):
    picture = picture_of(drawn, layout, 16)
    back = read_picture(write_picture(picture, format))
    assert fitted_to(picture, format).notes == () and np.array_equal(back.samples, picture.samples)


@pytest.mark.parametrize("format", ["PNG", "TIFF", "PPM", "JPEG2000"])
def test_16_bit_gray_is_kept_where_it_can_be(drawn, format):
    picture = picture_of(drawn, "L", 16)
    back = read_picture(write_picture(picture, format))
    assert fitted_to(picture, format).notes == () and np.array_equal(back.samples, picture.samples)


@pytest.mark.parametrize(
    ("layout", "format"), [("L", "JPEG"), ("L", "WEBP"), ("LA", "TIFF"), ("RGB", "JPEG2000"), ("RGBA", "TIFF")]
)
def test_16_bits_are_reduced_elsewhere_and_that_is_said(drawn, layout, format):
    fitted = fitted_to(picture_of(drawn, layout, 16), format)
    assert np.array_equal(fitted.samples, picture_of(drawn, layout).samples)
    assert fitted.notes == ("its 16-bit samples were reduced to 8 bits",)
    assert fitted_to(fitted, format).notes == fitted.notes


def test_16_bits_are_reduced_to_the_nearest_level():
    levels = np.array([0, 128, 129, 65535 - 129, 65535 - 128, 65535], np.uint16).reshape(1, 2, 3)
    assert fitted_to(Picture(levels), "TIFF").samples.ravel().tolist() == [0, 0, 1, 254, 255, 255]


@pytest.mark.parametrize("format", ["PNG", "TIFF", "JPEG", "WEBP", "AVIF"])
def test_metadata_goes_along(drawn, srgb_profile, format):
    metadata = Metadata(srgb_profile, EXIF, XMP)
    back = read_picture(write_picture(picture_of(drawn, "RGB", metadata=metadata), format)).metadata
    assert (back.icc, back.xmp) == (srgb_profile, XMP)
    exif = Image.Exif()
    exif.load(back.exif)
    assert exif[0x010F] == "abc"
    if format != "TIFF":  # whose own directory takes the entries over
        assert back.exif == EXIF


def test_metadata_that_a_format_has_no_place_for_is_left_out_and_that_is_said(drawn, srgb_profile):
    fitted = fitted_to(picture_of(drawn, "RGB", metadata=Metadata(srgb_profile, EXIF, XMP)), "BMP")
    assert fitted.metadata == Metadata() and len(fitted.notes) == 3
    write_picture(fitted, "BMP")
    long = EXIF + bytes(70_000)
    fitted = fitted_to(picture_of(drawn, "RGB", metadata=Metadata(exif=long, xmp=long)), "JPEG")
    assert fitted.metadata == Metadata() and len(fitted.notes) == 2
    write_picture(fitted, "JPEG")


def test_what_jpeg_can_just_hold(drawn):
    metadata = Metadata(exif=EXIF + bytes(65527 - len(EXIF)), xmp=bytes(65504))
    picture = picture_of(drawn, "RGB", metadata=metadata)
    assert fitted_to(picture, "JPEG").notes == ()
    assert read_picture(write_picture(picture, "JPEG")).metadata.exif == metadata.exif


def test_what_a_format_refuses_is_one_sentence():
    with pytest.raises(WlcError, match="cannot be written as JPEG") as raised:
        write_picture(Picture(np.zeros((1, 65536, 3), np.uint8)), "JPEG")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("layout", CHANNELS)
@pytest.mark.parametrize("depth", [8, 16])
def test_images_for_pillow(drawn, srgb_profile, layout, depth):
    picture = picture_of(drawn, layout, depth, Metadata(srgb_profile, EXIF, XMP))
    image = to_image(picture)
    assert image.mode == ("I;16" if (layout, depth) == ("L", 16) else layout)
    assert image.info == {"icc_profile": srgb_profile, "exif": EXIF, "xmp": XMP}
    expected = picture if image.mode == "I;16" else picture_of(drawn, layout)
    assert np.array_equal(np.array(image), expected.samples.squeeze())
    image.save(io.BytesIO(), "PNG")


def test_png_is_the_default(drawn):
    assert write_picture(picture_of(drawn, "RGB")).startswith(b"\x89PNG")
