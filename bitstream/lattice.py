"""The order in which the places of a plane are coded: coarse to fine, each between places that are known.

The first place stands alone. After that the lattice of known places is halved again and again, each time in two
passes: places in the middle of four known ones, seen diagonally, and then those with known ones above and beside.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np


@dataclass(frozen=True)
class Pass:
    """Places that can be coded at once, as positions in the plane's flat array, and four known ones around each.

    A neighbour beyond the edge is replaced by one that is there. The first pass of all has no neighbours.
    """

    places: np.ndarray  # (P,)
    around: np.ndarray | None  # (4, P)


@lru_cache(maxsize=16)
def passes(height: int, width: int) -> tuple[Pass, ...]:
    """Every place of a plane once."""
    found = [Pass(np.zeros(1, np.intp), None)]
    half = (1 << (max(height, width) - 1).bit_length()) >> 1
    while half:
        diagonal = [(-half, -half), (-half, half), (half, -half), (half, half)]
        straight = [(-half, 0), (0, -half), (half, 0), (0, half)]
        found.append(_pass(_grid(height, width, half, half, 2 * half), diagonal, height, width))
        above = _grid(height, width, half, 0, 2 * half)
        beside = _grid(height, width, 0, half, 2 * half)
        found.append(_pass(np.concatenate([above, beside], axis=1), straight, height, width))
        half >>= 1
    return tuple(one for one in found if len(one.places))


def _grid(height: int, width: int, top: int, left: int, step: int) -> np.ndarray:
    """Rows and columns, (2, P)."""
    rows, columns = np.meshgrid(np.arange(top, height, step), np.arange(left, width, step), indexing="ij")
    return np.stack([rows.ravel(), columns.ravel()])


def _pass(at: np.ndarray, offsets: list[tuple[int, int]], height: int, width: int) -> Pass:
    rows, columns = at
    around = np.empty((len(offsets), len(rows)), np.intp)
    there = np.empty(around.shape, bool)
    for number, (down, right) in enumerate(offsets):
        y, x = rows + down, columns + right
        there[number] = (y >= 0) & (y < height) & (x >= 0) & (x < width)
        around[number] = y * width + x
    first = np.take_along_axis(around, there.argmax(axis=0)[np.newaxis], axis=0)
    return Pass(rows * width + columns, np.where(there, around, first))
