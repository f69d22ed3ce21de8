"""16-bit colour out of files, whole, although Pillow holds no more than 8 bits a channel.

Pillow reads such files by keeping the upper byte of each sample. Told that the bytes lie the other way round, it
keeps the lower one instead. So a file is read twice, and all that Pillow knows of compression, filters, interlacing
and damage is used as it is.
"""

from __future__ import annotations

import io
import re
import sys

import numpy as np
from PIL import ExifTags, Image

from wlc.bitstream.errors import WlcError
from wlc.pictures.modes import raw_modes, with_transparent_colour

_OPAQUE = 65535
_WIDE_COLOUR = re.compile(r"(RGB|RGBA|RGBX);16[BLN]")  # not RGBa, whose colours Pillow divides by alpha in 8 bits
_SWAPPED = {"B": "L", "L": "B", "N": "B" if sys.byteorder == "little" else "L"}
_WIDE_GRAY_WITH_ALPHA = "LA;16B"
_PLANES_APART = 2  # a TIFF with each colour in a plane of its own


def wide_samples(image: Image.Image, data: bytes) -> np.ndarray | None:
    """The samples, (H, W, C) of uint16, of a picture just opened from the data; None if not 16-bit colour.

    None stands as well for the few kinds whose lower bytes Pillow does not give away: those stay for 8 bits.
    """
    raw = raw_modes(image)
    if image.format == "PPM":
        return _from_ppm(image, data)
    if image.format not in ("PNG", "TIFF") or not raw or _is_apart(image, raw):
        return None
    if raw[0] == _WIDE_GRAY_WITH_ALPHA:
        image.load()  # for the metadata, of which a part may follow the pixels
        return _read_as("RGBA", data).view(">u2").astype(np.uint16)  # gray and alpha: four bytes, like four channels
    if not all(_WIDE_COLOUR.fullmatch(name) for name in raw):
        return None
    lower = _read_as(raw[0][:-1] + _SWAPPED[raw[0][-1]], data)
    samples = np.array(image).astype(np.uint16)  # the upper bytes
    samples <<= 8
    samples |= lower
    return with_transparent_colour(samples, image.info.get("transparency"), _OPAQUE)


def _read_as(raw: str, data: bytes) -> np.ndarray:
    """The pixels once more, with another word for how the bytes lie in the file."""
    with Image.open(io.BytesIO(data)) as image:
        image.tile = [
            tile._replace(args=(raw, *tile.args[1:]) if isinstance(tile.args, tuple) else raw) for tile in image.tile
        ]
        return np.array(image)


def _is_apart(image: Image.Image, raw: tuple[str, ...]) -> bool:
    """Whether a TIFF's planes lie apart. Where they are not compressed either, Pillow takes 16 bits for 8."""
    if image.format != "TIFF" or image.tag_v2.get(ExifTags.Base.PlanarConfiguration) != _PLANES_APART:
        return False
    if image.tile[0].codec_name == "raw" and max(image.tag_v2.get(ExifTags.Base.BitsPerSample, (8,))) > 8:
        raise WlcError("16-bit TIFF files with each colour in a plane of its own are not supported; save it as PNG")
    return True


def _from_ppm(image: Image.Image, data: bytes) -> np.ndarray | None:
    """Plain numbers after a short header; a highest level below 65535 is spread out, as Pillow does it for gray."""
    decoder, _, offset, args = image.tile[0]
    highest = args[1] if decoder == "ppm" else 0
    if image.mode != "RGB" or highest <= 255:
        return None
    width, height = image.size
    if len(data) - offset < 6 * width * height:
        raise EOFError("not all of its pixels are there")
    levels = np.frombuffer(data, ">u2", 3 * width * height, offset).reshape(height, width, 3)
    spread = np.rint(np.arange(65536) / highest * 65535).clip(max=65535).astype(np.uint16)
    return spread[levels]
