"""Pictures out again: as a Pillow image, or as a file of any format that Pillow writes.

Pillow drops an alpha channel here and clips 16 bits there without a word. So each format says what it holds;
deeper samples are reduced and that is noted, and transparency that would be lost is refused. 16-bit colour is
what Pillow does not write at all: PNG and PPM get it by way of `wide_writing.py`.
"""

from __future__ import annotations

import io
import os
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Any

import numpy as np
from PIL import Image, PngImagePlugin

from wlc.bitstream.errors import WlcError
from wlc.pictures.cubes import SUFFIX, cube_file
from wlc.pictures.metadata import EXIF_IN_JPEG, Metadata
from wlc.pictures.reading import CUBE, Picture
from wlc.pictures.wide_writing import wide_png, wide_ppm

DEFAULT_FORMAT = "PNG"
NPY = "NPY"

_XMP_IN_TIFF = 700


@dataclass(frozen=True)
class _Format:
    """What a format can hold, and the options that make it lose least."""

    layouts: tuple[str, ...] = ("L", "RGB")
    wide_layouts: tuple[str, ...] = ()  # with 16 bits a sample
    metadata: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)


_ALL = ("L", "LA", "RGB", "RGBA")
_FORMATS = {
    "PNG": _Format(_ALL, _ALL, metadata=("icc", "exif", "xmp")),
    "TIFF": _Format(_ALL, ("L",), metadata=("icc", "exif", "xmp"), options={"compression": "tiff_deflate"}),
    "JPEG": _Format(metadata=("icc", "exif", "xmp"), options={"quality": 95, "subsampling": "4:4:4"}),
    "WEBP": _Format(("RGB", "RGBA"), metadata=("icc", "exif", "xmp"), options={"lossless": True, "exact": True}),
    "AVIF": _Format(("RGB", "RGBA"), metadata=("icc", "exif", "xmp"), options={"quality": 95, "subsampling": "4:4:4"}),
    "JPEG2000": _Format(_ALL, ("L",)),
    "PPM": _Format(("L", "RGB"), ("L", "RGB")),
    "BMP": _Format(),  # what Pillow writes as its alpha, hardly anybody reads as such
    "TGA": _Format(_ALL),
    "QOI": _Format(("RGB", "RGBA")),
    NPY: _Format((*_ALL, CUBE), (*_ALL, CUBE)),
}
_WIDER = {"L": "RGB", "LA": "RGBA"}
_LONGEST_IN_JPEG = {
    "exif": 65533 - len(EXIF_IN_JPEG),
    "xmp": 65533 - 29,
}  # what is left of one marker after the names of the two


def format_for(target: str | os.PathLike[str]) -> str:
    """The format that a file's suffix asks for: PNG where there is none, as on standard output."""
    suffix = PurePath(target).suffix.lower()
    if not suffix:
        return DEFAULT_FORMAT
    if suffix == SUFFIX:
        return NPY
    name = Image.registered_extensions().get(suffix)
    if name is None or name.upper() not in Image.SAVE:
        raise WlcError(f"pictures cannot be written as {suffix} files; try .png")
    return "JPEG" if name == "MPO" else name


def fitted_to(picture: Picture, format: str) -> Picture:
    """The picture as the format can hold it, with notes; refused if transparency would be lost."""
    holds = _FORMATS.get(format, _Format())
    if picture.is_cube and CUBE not in holds.layouts:
        raise WlcError(f"{format} does not hold pictures of any number of bands; write a {SUFFIX} instead")
    if picture.bit_depth == 16 and picture.layout not in holds.wide_layouts:
        picture = _reduced_to_8_bits(picture)
    if picture.layout not in holds.layouts and _WIDER.get(picture.layout) not in holds.layouts:
        raise WlcError(f"{format} holds no transparency and this picture has it; write a .png instead")
    for name in ("icc", "exif", "xmp"):
        data = getattr(picture.metadata, name)
        if data is None:
            continue
        too_long = format == "JPEG" and len(data) > _LONGEST_IN_JPEG.get(name, len(data))
        if name not in holds.metadata or too_long:
            what = {"icc": "colour profile", "exif": "EXIF data", "xmp": "XMP data"}[name]
            picture = replace(picture, metadata=replace(picture.metadata, **{name: None}))
            picture = picture.noted(f"{format} does not hold its {what}, which was left out")
    return picture


def to_image(picture: Picture) -> Image.Image:
    """A Pillow image: I;16 for 16-bit gray, else 8 bits a channel; Pillow has no more for colours."""
    if picture.bit_depth == 16 and picture.layout != "L":
        picture = _reduced_to_8_bits(picture)
    samples = np.ascontiguousarray(picture.samples[:, :, 0] if picture.layout == "L" else picture.samples)
    image = Image.fromarray(samples)
    for key, value in (
        ("icc_profile", picture.metadata.icc),
        ("exif", picture.metadata.exif),
        ("xmp", picture.metadata.xmp),
    ):
        if value is not None:
            image.info[key] = value
    return image


def write_picture(picture: Picture, format: str = DEFAULT_FORMAT) -> bytes:
    """The bytes of a picture file, with the metadata that the format has a place for."""
    picture = fitted_to(picture, format)
    if format == NPY:
        return cube_file(picture.samples)
    if picture.bit_depth == 16 and picture.layout != "L":
        return _wide_file(picture, format)
    holds, image = _FORMATS.get(format, _Format()), to_image(picture)
    if picture.layout not in holds.layouts:
        image = image.convert(_WIDER[picture.layout])
    image.info.clear()  # what is to be written is said below, format by format
    stream = io.BytesIO()
    try:
        image.save(stream, format, **holds.options, **_metadata_options(picture.metadata, format))
    except (OSError, ValueError, KeyError, OverflowError) as error:
        raise WlcError(f"this picture cannot be written as {format} ({error}); try .png") from None
    return stream.getvalue()


def _wide_file(picture: Picture, format: str) -> bytes:
    if format == "PPM":
        return wide_ppm(picture.samples)
    return wide_png(picture.samples, picture.layout, **_metadata_options(picture.metadata, format))


def _reduced_to_8_bits(picture: Picture) -> Picture:
    """Nearest of 256 levels: black stays black, white stays white, and what came from 8 bits comes back."""
    samples = ((picture.samples.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8)
    return replace(picture, samples=samples).noted("its 16-bit samples were reduced to 8 bits")


def _metadata_options(metadata: Metadata, format: str) -> dict[str, Any]:
    """Pillow has one way for the profile, about one for EXIF, and one for XMP in each format."""
    options: dict[str, Any] = {}
    if metadata.icc is not None:
        options["icc_profile"] = metadata.icc
    if format == "TIFF":
        options["tiffinfo"] = _tiff_directory(metadata)
        return options
    if metadata.exif is not None:
        options["exif"] = EXIF_IN_JPEG + metadata.exif if format == "JPEG" else metadata.exif
    if metadata.xmp is not None and format == "PNG":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", metadata.xmp.decode("utf-8", "replace"))
    elif metadata.xmp is not None:
        options["xmp"] = metadata.xmp
    return options


def _tiff_directory(metadata: Metadata) -> Image.Exif:
    directory = Image.Exif()
    if metadata.exif is not None:
        directory.load(metadata.exif)
    if metadata.xmp is not None:
        directory[_XMP_IN_TIFF] = metadata.xmp
    return directory
