"""What comes in: from every kind of source, upright, and with a sentence for all that cannot be read."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from wlc.bitstream.errors import LimitExceeded, WlcError
from wlc.bitstream.limits import DEFAULT_LIMITS
from wlc.pictures import Picture, read_picture
from wlc.pictures.metadata import Metadata

TURNS = {
    1: lambda upright: upright,
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.transpose(1, 0, 2),
    6: lambda upright: np.rot90(upright, 1),
    7: lambda upright: upright[::-1, ::-1].transpose(1, 0, 2),
    8: lambda upright: np.rot90(upright, -1),
}


def test_every_source_gives_the_same_picture(rgb, photo, saved, tmp_path):
    data = saved(photo, "PNG")
    path = tmp_path / "photo.png"
    path.write_bytes(data)
    for source in (path, str(path), data, bytearray(data), memoryview(data), io.BytesIO(data), photo, rgb):
        assert np.array_equal(read_picture(source).samples, rgb)


def test_a_missing_file_is_the_systems_own_error():
    with pytest.raises(FileNotFoundError):
        read_picture("there-is-no-such.png")


@pytest.mark.parametrize("source", [None, 7, ["photo.png"], io.StringIO("text")])
def test_other_sources_are_refused(source):
    with pytest.raises(TypeError, match="a picture is"):
        read_picture(source)


@pytest.mark.parametrize(
    ("array", "layout", "depth"),
    [
        (np.zeros((3, 5), np.uint8), "L", 8),
        (np.zeros((3, 5, 1), np.uint16), "L", 16),
        (np.zeros((3, 5, 2), np.uint8), "LA", 8),
        (np.zeros((3, 5, 3), np.uint16), "RGB", 16),
        (np.zeros((3, 5, 4), np.uint8), "RGBA", 8),
        (np.zeros((3, 5), bool), "L", 8),
    ],
)
def test_arrays(array, layout, depth):
    picture = read_picture(array)
    assert (picture.width, picture.height, picture.layout, picture.bit_depth) == (5, 3, layout, depth)


def test_arrays_are_copied_into_plain_memory(rgb):
    swapped = (rgb.astype(">u2") * 257)[::-1, ::2]
    picture = read_picture(swapped)
    assert picture.samples.dtype == np.dtype(np.uint16) and picture.samples.dtype.isnative
    assert picture.samples.flags.c_contiguous and not np.shares_memory(picture.samples, swapped)
    assert np.array_equal(picture.samples, swapped)
    assert read_picture(np.eye(2, dtype=bool)).samples.ravel().tolist() == [255, 0, 0, 255]


@pytest.mark.parametrize(
    ("array", "error"),
    [
        (np.zeros((3, 5)), TypeError),
        (np.zeros((3, 5), np.int16), TypeError),
        (np.zeros((3, 5), np.uint32), TypeError),
        (np.zeros((5,), np.uint8), ValueError),
        (np.zeros((3, 5, 0), np.uint8), ValueError),
        (np.zeros((0, 5), np.uint8), ValueError),
        (np.zeros((5, 0, 3), np.uint8), ValueError),
    ],
)
def test_arrays_that_are_no_picture(array, error):
    with pytest.raises(error) as raised:
        read_picture(array)
    assert "\n" not in str(raised.value)


def test_a_picture_without_pixels_is_refused():
    with pytest.raises(WlcError, match="no pixels"):
        read_picture(Image.new("RGB", (0, 5)))


def test_a_picture_says_what_it_is_made_of(rgb):
    with pytest.raises(ValueError):
        Picture(rgb[:, :, 0])
    with pytest.raises(TypeError):
        Picture(rgb.astype(np.float32))
    picture = Picture(rgb, Metadata(icc=b"profile")).noted("one").noted("two")
    assert picture.notes == ("one", "two")
    assert picture.without_metadata().metadata == Metadata()
    assert not picture.has_alpha


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["PNG", "TIFF", "WEBP"])
def test_the_orientation_is_applied_and_not_kept(rgb, saved, orientation, format):
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "a maker"
    as_taken = Image.fromarray(np.ascontiguousarray(TURNS[orientation](rgb)))
    options = {"lossless": True} if format == "WEBP" else {}
    picture = read_picture(saved(as_taken, format, exif=exif, **options))
    assert np.array_equal(picture.samples, rgb)
    kept = Image.Exif()
    kept.load(picture.metadata.exif)
    assert kept.get(0x0112, 1) == 1 and kept[0x010F] == "a maker"


def test_a_loaded_image_is_turned_too_and_left_as_it_was(rgb, saved):
    exif = Image.Exif()
    exif[0x0112] = 6
    image = Image.open(io.BytesIO(saved(Image.fromarray(np.rot90(rgb)), "PNG", exif=exif)))
    before = np.array(image)
    assert np.array_equal(read_picture(image).samples, rgb)
    assert np.array_equal(np.array(image), before) and image.getexif()[0x0112] == 6


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is not a picture that can be read: it is empty"),
        (b"To whom it may concern\n", "is not a picture that can be read"),
        (b"\x97WLC\r\n\x1a\n" + bytes(40), "a .wlc file already"),
        (b"\0\0\0\x18ftypheic" + bytes(40), "HEIC"),
    ],
)
def test_what_is_no_picture(data, sentence):
    with pytest.raises(WlcError, match=sentence) as raised:
        read_picture(data)
    assert raised.value.exit_code == 1


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "AVIF", "TIFF", "GIF", "BMP", "JPEG2000"])
def test_a_picture_that_is_cut_off_is_refused_wherever_it_is_cut(photo, saved, format, recwarn):
    data = saved(photo, format)
    for length in np.linspace(0, len(data) - 24, 40).astype(int):  # after that, all pixels may be there
        with pytest.raises(WlcError):
            read_picture(data[:length])
    assert not recwarn.list  # Pillow's own warnings would be a second sentence


def test_frames_beyond_the_first_are_left_out_and_that_is_said(photo, saved):
    data = saved(photo, "GIF", save_all=True, append_images=[photo.rotate(180), photo.rotate(90)])
    assert read_picture(data).notes == ("only the first of its 3 frames is kept",)


def test_our_limit_stands_in_the_place_of_pillows(photo, saved, monkeypatch):
    data = saved(photo, "PNG")
    few = replace(DEFAULT_LIMITS, pixels=1000)
    for source in (data, photo, np.array(photo)):
        with pytest.raises(LimitExceeded, match="limit of 1000"):
            read_picture(source, few)
    with pytest.raises(LimitExceeded, match="100 pixels a side"):
        read_picture(data, replace(DEFAULT_LIMITS, side=100))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)  # a bomb to Pillow: more than twice that
    assert read_picture(data).width == photo.width
    assert Image.MAX_IMAGE_PIXELS == 1000


def test_metadata_over_the_limit_is_left_out_and_that_is_said(photo, saved, srgb_profile):
    data = saved(photo, "WEBP", icc_profile=srgb_profile, exif=b"MM\0*" + bytes(60), xmp=b"<x:xmpmeta/>")
    picture = read_picture(data, replace(DEFAULT_LIMITS, icc=100, ancillary=70))
    assert picture.metadata == Metadata(exif=b"MM\0*" + bytes(60))
    assert [note.split(" of ")[0] for note in picture.notes] == ["its colour profile", "its XMP data"]


def test_nothing_is_left_open(photo, saved, tmp_path):
    path = Path(tmp_path / "photo.png")
    path.write_bytes(saved(photo, "PNG"))
    read_picture(path)
    path.unlink()
    assert not list(tmp_path.iterdir())
