"""Every pixel mode of Pillow into one of the codec's: 1 to 4 channels of 8 or 16 bits.

Three things Pillow forgets once a file's pixels are loaded: how many bits they had, whether gray had fewer
than 8, and that 16-bit gray with alpha was gray. They stand in the raw modes, which have to be asked for
before. Of 16-bit colour only the upper bytes come this way: `wide_reading.py` has the way that keeps all.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageCms

from wlc.bitstream.errors import WlcError
from wlc.pictures.metadata import profile_space

_RENAMED = {"1": "L", "La": "LA", "RGBa": "RGBA", "RGBX": "RGB", "YCbCr": "RGB", "HSV": "RGB"}
_NO_PROFILE = "its CMYK colours have no profile and were converted to RGB by a rule of thumb"
_BAD_PROFILE = "its CMYK profile is damaged; the colours were converted to RGB by a rule of thumb"
_SIXTEEN_BIT_COLOUR = "its 16-bit colours were reduced to 8 bits"
_WIDE = re.compile(r"^;16$|;16[BLN]$")  # a sample, that is; 16 bits a pixel, of 5 or 6 a sample, are "RGB;16"


def raw_modes(image: Image.Image) -> tuple[str, ...]:
    """How the samples lie in the file, as Pillow puts it; nothing once they are loaded."""
    found = []
    for tile in getattr(image, "tile", ()):
        args = tile[3] if isinstance(tile[3], tuple) else (tile[3],)
        found.extend(arg for arg in args[:1] if isinstance(arg, str))
        if image.format == "PPM" and any(isinstance(highest, int) and highest > 255 for highest in args):
            found.append(";16")  # said by the highest level instead of by a mode
    return tuple(found)


def samples_of(image: Image.Image, raw: Sequence[str], notes: list[str]) -> np.ndarray:
    """The samples of a loaded picture, (H, W, C). What was lost on the way is added to the notes."""
    mode, key = image.mode, image.info.get("transparency")
    if mode == "I" or mode.startswith("I;16"):
        return with_transparent_colour(_gray_16(image), key, 65535)
    if any(_WIDE.search(name) for name in raw):
        notes.append(_SIXTEEN_BIT_COLOUR)
    if mode in ("P", "PA"):
        return _from_palette(image, keep_colour="icc_profile" in image.info)
    if mode in ("CMYK", "LAB"):
        return _array(_to_srgb(image, notes))
    if mode == "RGBA" and "LA;16B" in raw:
        return _array(image)[:, :, ::3]  # gray, which Pillow has put into each of the three colours
    if mode in _RENAMED:
        image = image.convert(_RENAMED[mode])
    elif mode not in ("L", "LA", "RGB", "RGBA"):
        raise WlcError(f"pictures of Pillow's mode {mode} are not supported; convert it to 8 or 16 bits first")
    return with_transparent_colour(_array(image), key, 255, _gray_step(raw))


def _array(image: Image.Image) -> np.ndarray:
    array = np.array(image)
    return array[:, :, None] if array.ndim == 2 else array


def _gray_16(image: Image.Image) -> np.ndarray:
    """Pillow holds 16-bit gray in I;16 of either byte order, or in 32 bits, which may hold more than fits."""
    wide = _array(image)
    if wide.dtype.itemsize > 2 and (wide.min() < 0 or wide.max() > 65535):
        raise WlcError(f"its levels go from {wide.min()} to {wide.max()}; at most 16 bits, 0 to 65535, can be kept")
    return wide.astype(np.uint16)


def _gray_step(raw: Sequence[str]) -> int:
    """Gray of 2 or 4 bits is spread over 0..255 on loading; the level named as transparent is not."""
    return {"L;2": 85, "L;4": 17}.get(raw[0] if raw else "", 1)


def with_transparent_colour(samples: np.ndarray, key: object, opaque: int, step: int = 1) -> np.ndarray:
    """PNG can name one colour that stands for "nothing here": it becomes an alpha channel."""
    colour = np.array([key] if isinstance(key, int) else key if isinstance(key, tuple) else [], dtype=np.int64)
    if colour.size not in (1, 3) or colour.size != samples.shape[2]:
        return samples
    if colour.max() > opaque:  # a 16-bit colour, and the samples are by now the upper halves of what they were
        colour >>= 8
    alpha = np.where((samples == colour * step).all(axis=2), 0, opaque).astype(samples.dtype)
    return samples if alpha.min() == opaque else np.dstack([samples, alpha])


def _from_palette(image: Image.Image, *, keep_colour: bool) -> np.ndarray:
    """The colours a palette stands for: one channel if all are gray, no alpha if nothing shows through."""
    samples = np.array(image.convert("RGBA"))
    gray = not keep_colour and all((samples[:, :, 0] == samples[:, :, other]).all() for other in (1, 2))
    colour = samples[:, :, :1] if gray else samples[:, :, :3]
    return colour if samples[:, :, 3].min() == 255 else np.dstack([colour, samples[:, :, 3]])


def _to_srgb(image: Image.Image, notes: list[str]) -> Image.Image:
    """Lab and print colours into sRGB; the latter through their own profile if there is a sound one."""
    icc = image.info.get("icc_profile")
    if image.mode == "CMYK" and not icc:
        notes.append(_NO_PROFILE)
        return image.convert("RGB")
    try:
        if image.mode == "LAB":
            profile = ImageCms.createProfile("LAB")
        elif profile_space(icc) == "CMYK":
            profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        else:
            raise OSError("a profile for other colours")
        return ImageCms.profileToProfile(
            image,
            profile,
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError):
        if image.mode == "LAB":
            raise WlcError("its Lab colours could not be converted; convert it to RGB first") from None
        notes.append(_BAD_PROFILE)
        return image.convert("RGB")
