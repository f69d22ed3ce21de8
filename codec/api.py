"""The library's front door: `compress` and `decompress`.

What is returned is bytes and pictures only, so what could not be kept is said as a Python warning.
"""

from __future__ import annotations

import os
import warnings
from typing import TYPE_CHECKING

import numpy as np

from wlc.bitstream.limits import DEFAULT_LIMITS, Limits
from wlc.effort import DEFAULT_EFFORT, rounds_for
from wlc.inspection import as_bytes
from wlc.pictures import Source, read_picture
from wlc.pictures.formats import to_image
from wlc.targets import Target
from wlc.tuning import DEFAULT_TUNE, model_for

if TYPE_CHECKING:
    from PIL import Image


def compress(
    image: Source,
    quality: float | None = None,
    *,
    bpp: float | None = None,
    size: int | None = None,
    psnr: float | None = None,
    lossless: bool = False,
    max_error: int | None = None,
    tune: str = DEFAULT_TUNE,
    model: str | None = None,
    coder: str = "auto",
    effort: int = DEFAULT_EFFORT,
    metadata: str = "all",
    device: str = "auto",
    threads: int | None = None,
) -> bytes:
    """A picture as the bytes of a `.wlc` file.

    `image` is a path, the bytes of a picture file, an open binary file, a Pillow image, or a numpy array of
    (height, width) or (height, width, 1 to 4 channels). At most one of these says how it is to be:

    - `quality` from 1 to 100, 60 if nothing is said;
    - `bpp`, the most bits per pixel that the whole file may take;
    - `size`, the most bytes that it may take;
    - `psnr`, the least peak signal to noise ratio in dB that it must reach;
    - `lossless`, every sample as it was;
    - `max_error`, every sample within so many levels of what it was.

    `tune` says what files with a quality are to be good at: "psnr", where nobody says, keeps every sample near what it
    was; "visual" keeps structure that people see, which MS-SSIM measures, at a lower PSNR, and has one effort. What
    reads a file need not be told.

    Models of one quality, such as "walloc", take none of these. Models of many bands take a `.npy` file, or an
    array, of (bands, height, width).

    `effort` from 0 to 9 says how much time may go into a smaller file of the same quality; what reads it takes no
    longer.

    `metadata` "all" keeps the colour profile, EXIF and XMP; "none" leaves them out.

        >>> data = wlc.compress("photo.jpg", quality=75)
        >>> data = wlc.compress(array, size=60_000)
        >>> data = wlc.compress("scan.png", lossless=True)
    """
    from wlc.making import made_of

    target = Target(quality, bpp, size, psnr, lossless, max_error)
    model = model_for(tune, model, target, effort)
    if metadata not in ("all", "none"):
        raise ValueError(f'metadata is "all" or "none", not {metadata!r}')
    if coder not in ("auto", "range", "webp"):
        raise ValueError(f'coder is "auto", "range" or "webp", not {coder!r}')
    rounds_for(effort)  # raises for one out of range, before anything is read
    picture = read_picture(image)
    _warn(picture.notes)
    if metadata == "none":
        picture = picture.without_metadata()
    if target.max_error is not None and effort != DEFAULT_EFFORT:
        raise ValueError("effort is for files with a quality; lossless ones have a single way")
    how = {"model": model, "coder": coder, "device": device, "threads": threads}
    return made_of(picture, target, effort=effort, **how).data


def decompress(
    data: bytes | str | os.PathLike[str],
    *,
    reduce: int = 0,
    upto: int | None = None,
    device: str = "auto",
    threads: int | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Image.Image | np.ndarray:
    """The picture in the bytes of a `.wlc` file, or in the file at a path.

    `reduce` 1, 2 or 3 gives it at a half, a quarter or an eighth of its size, from as much of the file as
    that takes: the rest need not be there. `upto` shows what is seen of a file of which only so many bytes
    have come. A picture of bands comes as an array of (bands, height, width). Pillow's colours have 8 bits;
    deeper ones are reduced to that, 16-bit gray is not.
    """
    from wlc.decode import decode

    picture = decode(as_bytes(data), reduce=reduce, upto=upto, device=device, threads=threads, limits=limits)
    if picture.is_cube:
        return np.ascontiguousarray(np.moveaxis(picture.samples, 2, 0))
    image = to_image(picture)
    if picture.bit_depth == 16 and not image.mode.startswith("I"):
        _warn(("its 16-bit samples were reduced to 8 bits",))
    return image


def _warn(notes: tuple[str, ...]) -> None:
    for note in notes:
        warnings.warn(note, stacklevel=3)
