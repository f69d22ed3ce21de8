"""What a person asks of a file, and the encoding that meets it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from wlc.bitstream.errors import WlcError
from wlc.search import (
    DEFAULT_QUALITY,
    FINEST,
    MIDDLE,
    largest_within_size,
    quality_to_rate_index,
    smallest_with_psnr,
)

if TYPE_CHECKING:
    from wlc.encode import Encoder
    from wlc.pictures import Picture

_ROWS_AT_ONCE = 256


@dataclass(frozen=True)
class Target:
    """One wish: a quality (the default), bits per pixel of the whole file, bytes, a PSNR in dB, or how far off a sample
    may be, which for lossless files is not at all."""

    quality: float | None = None
    bpp: float | None = None
    size: int | None = None
    psnr: float | None = None
    lossless: bool = False
    max_error: int | None = None

    def __post_init__(self) -> None:
        wishes = {name: value for name, value in vars(self).items() if value is not None}
        if not self.lossless:
            del wishes["lossless"]
        if len(wishes) > 1:
            *others, last = vars(self)
            raise ValueError(f"only one of {', '.join(others)} and {last} can be asked for, not {' and '.join(wishes)}")
        for name, value in wishes.items():
            if name == "max_error":
                object.__setattr__(self, name, _levels(value))
            elif not value > 0:
                raise ValueError(f"{name} is more than 0, not {value}")
        if self.lossless:
            object.__setattr__(self, "max_error", 0)
        quality_to_rate_index(self.quality or DEFAULT_QUALITY)  # raises for one out of range

    @property
    def is_wish(self) -> bool:
        """Whether anything was asked for at all."""
        return self != Target()


def _levels(max_error: int) -> int:
    if isinstance(max_error, bool) or int(max_error) != max_error or max_error < 0:
        raise ValueError(f"max_error is a whole number of levels, 0 or more, not {max_error}")
    return int(max_error)


class OneFile(Protocol):
    """An encoder that has nothing to choose."""

    def file(self) -> bytes: ...

    def reconstruct(self) -> Picture:
        """What a decoder will show of the file."""
        ...


class Encoded(NamedTuple):
    """A finished file; its PSNR only where it was asked for, or was the target."""

    data: bytes
    rate_index: int
    psnr: float | None


def encode_to(picture: Picture, encoder: Encoder, target: Target, *, with_psnr: bool = False) -> Encoded:
    """The file that meets the target best, and never goes over a size or under a PSNR."""
    if target.psnr is not None:
        measure = _measuring(picture, encoder, encoder.at)
        near = _near_psnr(picture, encoder, target.psnr) if encoder.refines else MIDDLE
        found = smallest_with_psnr(measure, target.psnr, near=near)
        return Encoded(found.data, found.rate_index, found.psnr)
    if target.bpp is None and target.size is None:
        rate_index = quality_to_rate_index(target.quality or DEFAULT_QUALITY)
        data = encoder.at(rate_index)
        return Encoded(data, rate_index, psnr(picture, encoder.reconstruct()) if with_psnr else None)
    budget = target.size if target.bpp is None else int(target.bpp * picture.width * picture.height / 8)
    if encoder.refines:
        return _refined_within_size(picture, encoder, budget, with_psnr)
    rate_index, data = largest_within_size(encoder.at, budget)
    if with_psnr:
        encoder.at(rate_index)  # the search has gone on after it; what is reconstructed is the last one made
    return Encoded(data, rate_index, psnr(picture, encoder.reconstruct()) if with_psnr else None)


def finished(picture: Picture, encoder: OneFile, rate_index: int, with_psnr: bool) -> Encoded:
    """The one file that an encoder makes."""
    data = encoder.file()
    return Encoded(data, rate_index, psnr(picture, encoder.reconstruct()) if with_psnr else None)


def _refined_within_size(picture: Picture, encoder: Encoder, budget: int, with_psnr: bool) -> Encoded:
    try:
        near, _ = largest_within_size(encoder.glance, budget)
    except WlcError:
        near = 0  # a refined file may be small enough where a quick one is not
    psnrs: dict[int, float] = {}

    def encode(rate_index: int) -> bytes:
        data = encoder.at(rate_index)
        if with_psnr:  # measured at once, since it takes far less time than to make a file again
            psnrs[rate_index] = psnr(picture, encoder.reconstruct())
        return data

    rate_index, data = largest_within_size(encode, budget, near=near)
    return Encoded(data, rate_index, psnrs.get(rate_index))


def _near_psnr(picture: Picture, encoder: Encoder, target: float) -> int:
    try:
        return smallest_with_psnr(_measuring(picture, encoder, encoder.glance), target).rate_index
    except WlcError:
        return FINEST


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


def _measuring(
    picture: Picture, encoder: Encoder, encode: Callable[[int], bytes]
) -> Callable[[int], tuple[bytes, float]]:
    def measure(rate_index: int) -> tuple[bytes, float]:
        data = encode(rate_index)
        return data, psnr(picture, encoder.reconstruct())

    return measure
