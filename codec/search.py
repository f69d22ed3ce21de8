"""From what a person asks for - a quality, a size, a PSNR - to the rate index that the encoder takes.

Searching means encoding again and again, so it is done by halving: about nine encodings for 256 rates. Size
and PSNR are taken to grow with the rate index; where for once they do not, the answer is a little less good,
never wrong: what is returned has been measured, and keeps the promise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from wlc.bitstream.errors import WlcError

FINEST = 255
DEFAULT_QUALITY = 60


class Measured(NamedTuple):
    """A file, the rate index that made it, and the PSNR of what it decodes to."""

    rate_index: int
    data: bytes
    psnr: float


def quality_to_rate_index(quality: float) -> int:
    """Quality 1 to 100 onto rate index 0 to 255."""
    if not 1 <= quality <= 100:
        raise ValueError(f"quality goes from 1 to 100, not {quality}")
    return round((quality - 1) * FINEST / 99)


def nearest_quality(rate_index: int) -> int:
    """The whole quality that is nearest to a rate index; the way there and back is exact."""
    return round(1 + rate_index * 99 / FINEST)


def largest_within_size(encode: Callable[[int], bytes], budget_bytes: int) -> tuple[int, bytes]:
    """The finest file that is not larger than the budget, and its rate index."""
    best: tuple[int, bytes] | None = None
    smallest: int | None = None
    low, high = 0, FINEST  # below `low` all fit, above `high` none does
    while low <= high:
        middle = (low + high) // 2
        data = encode(middle)
        smallest = len(data) if smallest is None else min(smallest, len(data))
        if len(data) <= budget_bytes:
            best, low = (middle, data), middle + 1
        else:
            high = middle - 1
    if best is None:
        raise WlcError(
            f"{budget_bytes} bytes are too few: the smallest file for this picture takes {smallest}"
        )
    return best


def smallest_with_psnr(measure: Callable[[int], tuple[bytes, float]], target: float) -> Measured:
    """The smallest file whose PSNR, in dB, reaches the target."""
    best: Measured | None = None
    reached = float("-inf")
    low, high = 0, FINEST  # below `low` none reaches the target, above `high` all do
    while low <= high:
        middle = (low + high) // 2
        data, psnr = measure(middle)
        reached = max(reached, psnr)
        if psnr >= target:
            best, high = Measured(middle, data, psnr), middle - 1
        else:
            low = middle + 1
    if best is None:
        raise WlcError(f"{target:g} dB cannot be reached: the best for this picture is {reached:.2f} dB")
    return best
