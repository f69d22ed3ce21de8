"""What a picture carries beside its pixels: a colour profile, EXIF, and XMP.

All three are kept as the bytes they came as. The one thing that is changed is the orientation: pixels are
stored upright, so a tag that still said "turn me" would make the next program turn them a second time.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, replace

from PIL import ExifTags, Image

EXIF_IN_JPEG = b"Exif\x00\x00"
_ORIENTATION = 0x0112
_SHORT = 3
_DESCRIBING = (
    ExifTags.Base.ImageDescription,
    ExifTags.Base.Make,
    ExifTags.Base.Model,
    ExifTags.Base.XResolution,
    ExifTags.Base.YResolution,
    ExifTags.Base.ResolutionUnit,
    ExifTags.Base.Software,
    ExifTags.Base.DateTime,
    ExifTags.Base.Artist,
    ExifTags.Base.Copyright,
)
_UPRIGHT = 1
_XMP_ORIENTATION = (
    re.compile(rb"(tiff:Orientation=[\"'])[2-8]([\"'])"),
    re.compile(rb"(<tiff:Orientation>)[2-8](</tiff:Orientation>)"),
)


@dataclass(frozen=True)
class Metadata:
    """The bytes beside the pixels; None is for what the picture does not have."""

    icc: bytes | None = None
    exif: bytes | None = None
    xmp: bytes | None = None

    def upright(self) -> Metadata:
        """The same, after the pixels have been turned: no orientation is left to apply."""
        return replace(
            self,
            exif=None if self.exif is None else _exif_upright(self.exif),
            xmp=None if self.xmp is None else _xmp_upright(self.xmp),
        )


def metadata_of(image: Image.Image) -> Metadata:
    """The metadata of a picture that Pillow has loaded (some formats give it only after the pixels)."""
    return Metadata(icc=_icc_of(image), exif=_exif_of(image), xmp=_xmp_of(image))


def orientation(exif: bytes | None) -> int:
    """How the pixels are to be turned, 1 to 8; 1, upright, for anything missing or not understood."""
    found = _find_orientation(exif or b"")
    return found[0] if found is not None and 1 <= found[0] <= 8 else _UPRIGHT


def profile_space(icc: bytes) -> str | None:
    """The colour space that a profile describes ("RGB", "GRAY", "CMYK", ...), None if it is not a profile."""
    if len(icc) < 128 or icc[36:40] != b"acsp":
        return None
    return icc[16:20].decode("latin-1").strip()


def _icc_of(image: Image.Image) -> bytes | None:
    icc = image.info.get("icc_profile")
    return bytes(icc) if icc else None


def _exif_of(image: Image.Image) -> bytes | None:
    """The TIFF structure alone: JPEG puts six more bytes in front, and PNG, WebP and AVIF do not."""
    if image.format == "TIFF":
        return _exif_of_tiff(image)
    exif = image.info.get("exif") or _exif_in_text(image.info.get("Raw profile type exif"))
    return bytes(exif).removeprefix(EXIF_IN_JPEG) or None if exif else None


def _exif_in_text(profile: str | None) -> bytes | None:
    """As ImageMagick put it into PNG before there was a chunk for it: hexadecimal, under three lines."""
    try:
        return bytes.fromhex("".join(profile.split("\n")[3:])) if profile else None
    except ValueError:
        return None


def _exif_of_tiff(image: Image.Image) -> bytes | None:
    """Most of a TIFF's directory says where its pixels lie: only what describes it is kept."""
    theirs, ours = image.getexif(), Image.Exif()
    for tag in _DESCRIBING:
        if tag in theirs:
            ours[tag] = theirs[tag]
    for directory in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo):
        if entries := theirs.get_ifd(directory):
            ours[directory] = entries
    try:
        return ours.tobytes().removeprefix(EXIF_IN_JPEG) if len(ours) else None
    except Exception:  # Pillow reads values that it cannot write, and each of them fails in its own way
        return None


def _xmp_of(image: Image.Image) -> bytes | None:
    xmp = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp")
    if not xmp:
        return None
    return xmp.encode("utf-8") if isinstance(xmp, str) else bytes(xmp)


def _exif_upright(exif: bytes) -> bytes:
    """Overwrite the value in its place: maker notes point by offset, and must not be moved."""
    found = _find_orientation(exif)
    if found is None or found[0] == _UPRIGHT:
        return exif
    _, at, order = found
    return exif[:at] + struct.pack(order + "H", _UPRIGHT) + exif[at + 2 :]


def _xmp_upright(xmp: bytes) -> bytes:
    for pattern in _XMP_ORIENTATION:
        xmp = pattern.sub(rb"\g<1>1\g<2>", xmp)
    return xmp


def _find_orientation(exif: bytes) -> tuple[int, int, str] | None:
    """The orientation's value, where it stands, and the byte order; None where there is none to be found."""
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(exif[:4])
    if order is None:
        return None
    try:
        (directory,) = struct.unpack_from(order + "I", exif, 4)
        (count,) = struct.unpack_from(order + "H", exif, directory)
        for entry in range(directory + 2, directory + 2 + 12 * count, 12):
            tag, kind, values, value = struct.unpack_from(order + "HHIH", exif, entry)
            if tag == _ORIENTATION and kind == _SHORT and values == 1:
                return value, entry + 8, order
    except struct.error:  # an offset that leads out of the data
        return None
    return None
