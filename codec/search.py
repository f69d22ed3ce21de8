"""From what a person asks for - a quality, a size, a PSNR - to the rate index that the encoder takes.

Searching means encoding again and again, so it is done by halving: about nine encodings for 256 rates. Size
and PSNR are taken to grow with the rate index; where for once they do not, the answer is a little less good,
never wrong: what is returned has been measured, and keeps the promise. Where encoding takes long, one searches
with a quicker encoder first, and then once more from near where that has led: two or three encodings.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from wlc.bitstream.errors import WlcError

FINEST = 255
MIDDLE = FINEST // 2
DEFAULT_QUALITY = 60

_NEPERS_AN_INDEX = 0.012  # how fast files grow: tenfold in about 190 indices
_DECIBELS_AN_INDEX = 0.06
_MISLED_AT_MOST = 3


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


def largest_within_size(encode: Callable[[int], bytes], budget_bytes: int, *, near: int = MIDDLE) -> tuple[int, bytes]:
    """The finest file that is not larger than the budget, and its rate index. `near` is where one looks first."""
    made: dict[int, bytes] = {}

    def size_in_nepers(rate_index: int) -> float:
        made[rate_index] = encode(rate_index)
        return math.log(len(made[rate_index]))

    # Files are whole bytes, so half a byte above the budget is a goal that none of them hits.
    best, _ = _between(size_in_nepers, math.log(max(budget_bytes, 0) + 0.5), _NEPERS_AN_INDEX, near)
    if best is None:
        smallest = min(map(len, made.values()))
        raise WlcError(f"{budget_bytes} bytes are too few: the smallest file for this picture takes {smallest}")
    return best, made[best]


def smallest_with_psnr(measure: Callable[[int], tuple[bytes, float]], target: float, *, near: int = MIDDLE) -> Measured:
    """The smallest file whose PSNR, in dB, reaches the target. `near` is where one looks first."""
    made: dict[int, Measured] = {}

    def psnr(rate_index: int) -> float:
        made[rate_index] = Measured(rate_index, *measure(rate_index))
        return made[rate_index].psnr

    _, best = _between(psnr, target, _DECIBELS_AN_INDEX, near)
    if best is None:
        reached = max(found.psnr for found in made.values())
        raise WlcError(f"{target:g} dB cannot be reached: the best for this picture is {reached:.2f} dB")
    return made[best]


def _between(measure: Callable[[int], float], goal: float, slope: float, guess: int) -> tuple[int | None, int | None]:
    """The last rate index that measures less than the goal and, next to it, the first that does not.

    Where to look is taken from the line through what is known, as size in its logarithm and PSNR are nearly straight
    over the rate index; with only one point known, from the usual slope. A picture that is not straight at all
    may mislead this a few times, then the rest is done by halving.
    """
    below, above = -1, FINEST + 1
    known: dict[int, float] = {}
    misled = 0
    while above - below > 1:
        width = above - below
        known[guess] = measure(guess)
        if known[guess] < goal:
            below = guess
        else:
            above = guess
        misled += 2 * (above - below) > width
        if misled > _MISLED_AT_MOST:
            guess = (below + above) // 2
        else:
            guess = min(max(_where_it_should_be(known, goal, slope), below + 1), above - 1)
    return below if below >= 0 else None, above if above <= FINEST else None


def _where_it_should_be(known: dict[int, float], goal: float, slope: float) -> int:
    nearest, *others = sorted(known, key=lambda index: abs(known[index] - goal))
    if others and math.isfinite(known[others[0]]) and known[others[0]] != known[nearest]:
        slope = (known[others[0]] - known[nearest]) / (others[0] - nearest)
    if not math.isfinite(known[nearest]) or slope <= 0:
        return nearest
    far = (goal - known[nearest]) / slope
    return nearest + round(min(max(far, -FINEST), FINEST))
