"""What a person asks of a file, and the encoding that meets it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wlc.search import DEFAULT_QUALITY, largest_within_size, quality_to_rate_index, smallest_with_psnr

if TYPE_CHECKING:
    from wlc.encode import Encoder
    from wlc.pictures import Picture

_ROWS_AT_ONCE = 256


@dataclass(frozen=True)
class Target:
    """One wish: a quality (the default), bits per pixel of the whole file, bytes, or a PSNR in dB."""

    quality: float | None = None
    bpp: float | None = None
    size: int | None = None
    psnr: float | None = None

    def __post_init__(self) -> None:
        wishes = {name: value for name, value in vars(self).items() if value is not None}
        if len(wishes) > 1:
            raise ValueError(f"only one of quality, bpp, size and psnr can be asked for, not {' and '.join(wishes)}")
        for name, value in wishes.items():
            if not value > 0:
                raise ValueError(f"{name} is more than 0, not {value}")
        quality_to_rate_index(self.quality or DEFAULT_QUALITY)  # raises for one out of range


class Encoded(NamedTuple):
    """A finished file; its PSNR only where it was asked for, or was the target."""

    data: bytes
    rate_index: int
    psnr: float | None


def encode_to(picture: Picture, encoder: Encoder, target: Target, *, with_psnr: bool = False) -> Encoded:
    """The file that meets the target best, and never goes over a size or under a PSNR."""
    if target.psnr is not None:
        found = smallest_with_psnr(_measuring(picture, encoder), target.psnr)
        return Encoded(found.data, found.rate_index, found.psnr)
    if target.bpp is None and target.size is None:
        rate_index = quality_to_rate_index(target.quality or DEFAULT_QUALITY)
        data = encoder.at(rate_index)
    else:
        budget = target.size if target.bpp is None else int(target.bpp * picture.width * picture.height / 8)
        rate_index, data = largest_within_size(encoder.at, budget)
        if with_psnr:
            encoder.at(rate_index)  # the search has gone on after it; what is reconstructed is the last one made
    return Encoded(data, rate_index, psnr(picture, encoder.reconstruct()) if with_psnr else None)


def psnr(one: Picture, other: Picture) -> float:
    """Peak signal to noise ratio in dB over the colour samples, infinite for equals.

    Alpha is coded without loss and would only flatter the number, and what is fully transparent nobody sees:
    both are left out.
    """
    channels = one.samples.shape[2] - one.has_alpha
    squares, count = 0, 0
    for top in range(0, one.height, _ROWS_AT_ONCE):
        rows = slice(top, top + _ROWS_AT_ONCE)
        error = one.samples[rows, :, :channels].astype(np.int64) - other.samples[rows, :, :channels]
        if one.has_alpha:
            error = error[one.samples[rows, :, channels] > 0]
        squares += int((error * error).sum())
        count += error.size
    if squares == 0:
        return float("inf")
    peak = 2**one.bit_depth - 1
    return float(10 * np.log10(peak * peak * count / squares))


def _measuring(picture: Picture, encoder: Encoder) -> Callable[[int], tuple[bytes, float]]:
    def measure(rate_index: int) -> tuple[bytes, float]:
        data = encoder.at(rate_index)
        return data, psnr(picture, encoder.reconstruct())

    return measure
