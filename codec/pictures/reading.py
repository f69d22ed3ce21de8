"""Pictures from anywhere into plain samples, and back into the formats that people use.

Pillow knows some dozen pixel modes; the codec knows four layouts, of 8 or 16 bits. Everything between the two
is here, and nothing is lost in silence: what cannot be kept is said in `Picture.notes`, or refused.
"""

from __future__ import annotations

import contextlib
import io
import os
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image

from wlc.bitstream.errors import LimitExceeded, WlcError
from wlc.bitstream.head import MOST_BANDS
from wlc.bitstream.limits import DEFAULT_LIMITS, Limits
from wlc.pictures.cubes import cube_in, is_cube_file
from wlc.pictures.metadata import Metadata, metadata_of, orientation, profile_space
from wlc.pictures.modes import raw_modes, samples_of
from wlc.pictures.wide_reading import wide_samples

LAYOUTS = {
    1: "L",
    2: "LA",
    3: "RGB",
    4: "RGBA",
}  # by the number of channels; the container uses the same numbers

CUBE = "BANDS"

_TIMES_TURNED = {
    1: 0,
    2: 0,
    3: 2,
    4: 2,
    5: 3,
    6: 3,
    7: 1,
    8: 1,
}  # quarter turns to the left, by EXIF orientation
_MIRRORED_AFTER = {2, 4, 5, 7}

Source = str | os.PathLike | bytes | bytearray | memoryview | BinaryIO | Image.Image | np.ndarray


@dataclass(frozen=True, eq=False)
class Picture:
    """Upright samples, (height, width, channels) of uint8 or uint16, and what came with them."""

    samples: np.ndarray
    metadata: Metadata = field(default_factory=Metadata)
    notes: tuple[str, ...] = ()  # what could not be kept: a sentence each, for the person who asked
    is_cube: bool = False  # any number of bands, none of which is alpha

    def __post_init__(self) -> None:
        channels = self.samples.shape[2] if self.samples.ndim == 3 else 0
        most = MOST_BANDS if self.is_cube else max(LAYOUTS)
        if not 1 <= channels <= most or self.samples.size == 0:
            raise ValueError(f"samples are (height, width, 1 to {most} channels), not {self.samples.shape}")
        if self.samples.dtype not in (np.uint8, np.uint16):
            raise TypeError(f"samples are uint8 or uint16, not {self.samples.dtype}")

    @property
    def height(self) -> int:
        return self.samples.shape[0]

    @property
    def width(self) -> int:
        return self.samples.shape[1]

    @property
    def bit_depth(self) -> int:
        return 8 * self.samples.dtype.itemsize

    @property
    def layout(self) -> str:
        """ "L", "LA", "RGB", "RGBA" or "BANDS"."""
        return CUBE if self.is_cube else LAYOUTS[self.samples.shape[2]]

    @property
    def has_alpha(self) -> bool:
        return self.layout in ("LA", "RGBA")

    def noted(self, *notes: str) -> Picture:
        return replace(self, notes=self.notes + notes)

    def with_colours(self, colours: np.ndarray) -> Picture:
        """With other colours, and its own alpha."""
        rest = self.samples[..., colours.shape[2] :]
        return replace(self, samples=np.concatenate([colours, rest], axis=2), notes=())

    def without_metadata(self) -> Picture:
        return replace(self, metadata=Metadata())


def read_picture(source: Source, limits: Limits = DEFAULT_LIMITS) -> Picture:
    """A picture from a path, bytes, an open binary file, a Pillow image or a numpy array."""
    if isinstance(source, np.ndarray):
        picture = _from_array(source)
    elif isinstance(source, Image.Image):
        _check_size(source.size, limits)
        picture = _from_pillow(source)
    else:
        data = _all_bytes(source)
        picture = _from_cube(cube_in(data, limits)) if is_cube_file(data) else _from_file(data, limits)
    _check_size((picture.width, picture.height), limits)
    return _with_metadata_in_limits(picture, limits)


def _all_bytes(source: str | os.PathLike | bytes | bytearray | memoryview | BinaryIO) -> bytes:
    """Read before Pillow sees it: what the disk has to say then never looks like a damaged picture."""
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source)
    if isinstance(source, (str, os.PathLike)):
        return Path(source).read_bytes()
    if hasattr(source, "read"):
        data = source.read()
        if isinstance(data, bytes):
            return data
        raise TypeError("a picture is read from a file that is opened in binary mode")
    raise TypeError(f"a picture is a path, bytes, a file, a Pillow image or an array, not {type(source).__name__}")


def _from_array(array: np.ndarray) -> Picture:
    if array.dtype == np.bool_:
        array = array.astype(np.uint8) * 255
    if array.dtype.kind != "u" or array.dtype.itemsize > 2:
        raise TypeError(f"an array of samples is uint8, uint16 or bool, not {array.dtype}")
    samples = array[:, :, None] if array.ndim == 2 else array
    if samples.ndim == 3 and samples.shape[2] > max(LAYOUTS):
        return _from_cube(samples)
    if samples.ndim != 3 or samples.shape[2] not in LAYOUTS:
        raise ValueError(f"an array is (height, width) or (height, width, 1 to 4), not {array.shape}")
    if samples.size == 0:
        raise ValueError("the array has no pixels")
    return Picture(np.array(samples, dtype=samples.dtype.newbyteorder("="), order="C"))


def _from_cube(bands: np.ndarray) -> Picture:
    """(bands, height, width) of uint8 or uint16."""
    if bands.size == 0:
        raise ValueError("the array has no pixels")
    if len(bands) > MOST_BANDS:
        raise LimitExceeded(f"this array has {len(bands)} bands, more than the {MOST_BANDS} that there can be")
    samples = np.moveaxis(bands, 0, 2)
    return Picture(np.array(samples, dtype=samples.dtype.newbyteorder("="), order="C"), is_cube=True)


def _from_file(data: bytes, limits: Limits) -> Picture:
    with _pillow_obeys(limits):
        try:
            with Image.open(io.BytesIO(data)) as image:
                _check_size(image.size, limits)
                frames = getattr(image, "n_frames", 1)
                picture = _from_pillow(image, data)
        except (WlcError, MemoryError):
            raise
        except Image.DecompressionBombError:
            raise LimitExceeded(f"this picture has more pixels than the limit of {limits.pixels}") from None
        except Image.UnidentifiedImageError:
            raise WlcError(_unreadable(data)) from None
        except Exception as error:  # Pillow's readers raise almost anything when a file is damaged
            raise WlcError(f"this picture is damaged or cut off ({str(error) or type(error).__name__})") from None
    if frames > 1 and image.format != "PSD":  # Pillow counts the layers of a PSD and shows what they make together
        picture = picture.noted(f"only the first of its {frames} frames is kept")
    return picture


_pillow_limit = threading.Lock()


@contextlib.contextmanager
def _pillow_obeys(limits: Limits) -> Iterator[None]:
    """Put our limit in the place of Pillow's own, which is lower and is one for the whole process."""
    with _pillow_limit, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of sizes, which are checked here, and of damage, which becomes an error
        theirs, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, limits.pixels
        try:
            yield
        finally:
            Image.MAX_IMAGE_PIXELS = theirs


def _check_size(size: tuple[int, int], limits: Limits) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise WlcError("this picture has no pixels")
    if max(width, height) > limits.side:
        raise LimitExceeded(f"this picture of {width}x{height} is over the limit of {limits.side} pixels a side")
    if width * height > limits.pixels:
        raise LimitExceeded(f"this picture has {width * height} pixels, more than the limit of {limits.pixels}")


def _unreadable(data: bytes) -> str:
    if not data:
        return "this is not a picture that can be read: it is empty"
    if data[:4] == b"\x97WLC":
        return "this is a .wlc file already"
    if data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1"):
        return "this is not a picture that can be read: Pillow does not know HEIC; export it as JPEG or PNG"
    return "this is not a picture that can be read"


def _from_pillow(image: Image.Image, data: bytes | None = None) -> Picture:
    """The data is what the image was opened from, and has more to give than Pillow where colours have 16 bits."""
    if 0 in image.size:
        raise WlcError("this picture has no pixels")
    raw, notes = raw_modes(image), []
    samples = wide_samples(image, data) if data is not None else None
    if samples is None:
        image.load()
        samples = samples_of(image, raw, notes)
    metadata = metadata_of(image)
    if metadata.icc:
        if image.mode in ("CMYK", "LAB", "YCbCr", "HSV"):  # the samples are sRGB now
            metadata = replace(metadata, icc=None)
        elif not _profile_fits(metadata.icc, samples):
            metadata = replace(metadata, icc=None)
            notes.append("its colour profile is not for this kind of picture and was left out")
    turned = orientation(metadata.exif)
    if turned != 1:
        samples, metadata = _turned(samples, turned), metadata.upright()
    return Picture(np.ascontiguousarray(samples), metadata, tuple(notes))


def _profile_fits(icc: bytes, samples: np.ndarray) -> bool:
    """Gray with an RGB profile is common and harmless; colours with any but an RGB profile are not."""
    space = profile_space(icc)
    return space == "RGB" or (space == "GRAY" and samples.shape[2] <= 2)


def _turned(samples: np.ndarray, exif_orientation: int) -> np.ndarray:
    samples = np.rot90(samples, _TIMES_TURNED[exif_orientation])
    return samples[:, ::-1] if exif_orientation in _MIRRORED_AFTER else samples


def _with_metadata_in_limits(picture: Picture, limits: Limits) -> Picture:
    """A file with more than every reader takes by default would be one that nobody can open."""
    kept, notes = picture.metadata, []
    left = {"icc": limits.icc, "exif": limits.ancillary, "xmp": limits.ancillary}
    for name, what in (("icc", "colour profile"), ("exif", "EXIF data"), ("xmp", "XMP data")):
        size = len(getattr(kept, name) or b"")
        if size > left[name]:
            kept = replace(kept, **{name: None})
            notes.append(f"its {what} of {size} bytes is more than can be kept and was left out")
        elif name == "exif":
            left["xmp"] -= size  # the two share one limit
    return replace(picture, metadata=kept).noted(*notes)
