"""The bytes beside the pixels: found wherever formats keep them, and changed in one place only."""

import struct

import pytest
from PIL import Image, PngImagePlugin

from wlc.pictures import read_picture
from wlc.pictures.metadata import Metadata, orientation, profile_space

XMP = b'<x:xmpmeta><rdf:Description dc:title="a sunset"/></x:xmpmeta>'


def exif_with(*entries: tuple[int, int, int, bytes], order: str = "<") -> bytes:
    """A TIFF structure of one directory, and a note of the maker's after it."""
    directory = struct.pack(order + "H", len(entries))
    for tag, kind, count, value in entries:
        directory += struct.pack(order + "HHI", tag, kind, count) + value
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    return head + directory + bytes(4) + b"maker note"


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("turned", range(1, 9))
def test_the_orientation_is_found_and_overwritten_in_its_place(order, turned):
    camera = (0x0110, 3, 1, b"ab\0\0")
    exif = exif_with(camera, (0x0112, 3, 1, struct.pack(order + "HH", turned, 0)), order=order)
    assert orientation(exif) == turned
    upright = Metadata(exif=exif).upright().exif
    assert upright == exif_with(camera, (0x0112, 3, 1, struct.pack(order + "HH", 1, 0)), order=order)


@pytest.mark.parametrize(
    "exif",
    [
        None,
        b"",
        b"II*\0",
        b"II*\0\xff\xff\xff\xff",
        b"Exif\0\0II*\0",
        exif_with((0x0110, 3, 1, b"\6\0\0\0")),
        exif_with((0x0112, 4, 1, b"\6\0\0\0")),
        exif_with((0x0112, 3, 1, b"\x09\0\0\0")),
        exif_with((0x0112, 3, 1, b"\6\0\0\0"))[:16],
    ],
)
def test_what_is_not_understood_is_upright(exif):
    assert orientation(exif) == 1


def test_xmp_is_turned_too():
    attribute = b'<rdf:Description tiff:Orientation="6"/>'
    metadata = Metadata(exif=b"not exif", xmp=attribute).upright()
    assert metadata == Metadata(exif=b"not exif", xmp=attribute.replace(b"6", b"1"))
    element = b"<tiff:Orientation>8</tiff:Orientation>"
    assert Metadata(xmp=element).upright().xmp == element.replace(b"8", b"1")


def test_the_space_of_a_profile(srgb_profile):
    assert profile_space(srgb_profile) == "RGB"
    assert profile_space(b"") is None
    assert profile_space(bytes(200)) is None


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
def test_all_three_are_read_from_every_format_that_has_them(photo, saved, srgb_profile, format):
    exif = Image.Exif()
    exif[0x010F], exif[0x8769] = "a maker", {0x9003: "2024:05:06 07:08:09"}
    options = {"icc_profile": srgb_profile}
    if format == "PNG":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", XMP.decode())
    elif format == "TIFF":
        exif[700] = XMP
    else:
        options["xmp"] = XMP
    options["exif"] = exif.tobytes()
    metadata = read_picture(saved(photo, format, **options)).metadata
    assert metadata.icc == srgb_profile and metadata.xmp == XMP
    assert metadata.exif[:4] in (b"II*\0", b"MM\0*")
    kept = Image.Exif()
    kept.load(metadata.exif)
    assert kept[0x010F] == "a maker" and kept.get_ifd(0x8769)[0x9003] == "2024:05:06 07:08:09"
    assert 0x0111 not in kept  # where a TIFF's own pixels lay


def test_a_tiff_that_says_nothing_of_itself_has_no_exif(photo, saved):
    assert read_picture(saved(photo, "TIFF")).metadata.exif is None


def test_exif_in_the_text_of_an_old_png(photo, saved):
    exif = exif_with((0x0112, 3, 1, b"\3\0\0\0"))
    text = PngImagePlugin.PngInfo()
    text.add_text("Raw profile type exif", f"\nexif\n{len(exif):8}\n{exif.hex()}\n")
    picture = read_picture(saved(photo.rotate(180), "PNG", pnginfo=text))
    assert picture.metadata.exif == exif_with((0x0112, 3, 1, b"\1\0\0\0"))
    assert picture.samples.tobytes() == photo.tobytes()


def test_a_profile_that_does_not_fit_is_left_out(photo, srgb_profile):
    gray = srgb_profile[:16] + b"GRAY" + srgb_profile[20:]
    for icc in (gray, b"no profile at all"):
        photo.info["icc_profile"] = icc
        picture = read_picture(photo)
        assert picture.metadata.icc is None and "colour profile" in picture.notes[0]
    for icc in (gray, srgb_profile):  # common and harmless
        single = photo.convert("L")
        single.info["icc_profile"] = icc
        assert read_picture(single).metadata.icc == icc
