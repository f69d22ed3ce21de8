"""A picture as a half-size picture and what fills its gaps, again and again.

The lazy split takes every second sample of every second row; the other three of each four are filled in one kind at a
time, each predicted from all that is known around it. Nothing is averaged, so the way back is exact by construction.
"""

from dataclasses import dataclass

import torch
from torch.nn import functional as F

COARSEST_SIDE = 4  # splitting stops when no side is longer
_REACH = 2  # no neighbour is farther, in places of the half-size grid

Parity = tuple[int, int]
KEPT: Parity = (0, 0)


@dataclass(frozen=True)
class Phase:
    """One kind of missing samples: those at odd or even rows and columns, and where its neighbours are."""

    parity: Parity
    neighbours: tuple[tuple[int, int], ...]  # (rows down, columns right) in samples, the four nearest first


def _around(*pairs: tuple[int, int]) -> tuple[tuple[int, int], ...]:
    """Each distance in all four directions."""
    places: list[tuple[int, int]] = []
    for y, x in pairs:
        for place in ((-y, -x), (-y, x), (y, -x), (y, x)):
            if place not in places:
                places.append(place)
    return tuple(places)


# Diagonals first: with them known, the rest has neighbours on all four sides.
PHASES = (
    Phase((1, 1), _around((1, 1), (1, 3), (3, 1), (3, 3))),
    Phase((0, 1), _around((0, 1), (1, 0), (1, 2), (2, 1), (0, 3), (3, 0))),
    Phase((1, 0), _around((0, 1), (1, 0), (1, 1), (1, 2), (2, 1))),
)
NEAREST = 4
NEIGHBOURS = 16  # of the first plane; the others make do with fewer
FEWER = 12


def split_count(height: int, width: int) -> int:
    """How often a picture is split."""
    count = 0
    while max(side_after(height, count), side_after(width, count)) > COARSEST_SIDE:
        count += 1
    return count


def side_after(side: int, splits: int) -> int:
    return -(-side >> splits)


def subsampled(planes: torch.Tensor, splits: int) -> torch.Tensor:
    stride = 1 << splits
    return planes[..., ::stride, ::stride]


class Known:
    """What is known while one split is undone: samples of each parity on the half-size grid, edges repeated."""

    def __init__(self, kept: torch.Tensor) -> None:
        self.planes, *self.size = kept.shape[1:]
        self._samples = {KEPT: kept}
        self._padded = {KEPT: _pad(kept)}

    def add(self, parity: Parity, samples: torch.Tensor) -> None:
        """(B, planes, h, w), as large as the kept ones; what lies outside the picture is whatever was predicted."""
        self._samples[parity] = samples
        self._padded[parity] = _pad(samples)

    def neighbours(self, phase: Phase, plane: int, rows: slice) -> torch.Tensor:
        """The samples of one plane around those of `phase`, for some rows of the half-size grid: (B, k, h, w)."""
        width = self.size[1]
        views = []
        for down, right in phase.neighbours[: NEIGHBOURS if plane == 0 else FEWER]:
            y, x = phase.parity[0] + down, phase.parity[1] + right
            top, left = (y >> 1) + _REACH, (x >> 1) + _REACH
            padded = self._padded[y & 1, x & 1]
            views.append(padded[:, plane, top + rows.start : top + rows.stop, left : left + width])
        return torch.stack(views, dim=1)

    def joined(self, height: int, width: int) -> torch.Tensor:
        """The picture with all gaps filled."""
        kept = self._samples[KEPT]
        whole = kept.new_empty(*kept.shape[:2], 2 * self.size[0], 2 * self.size[1])
        for (y, x), samples in self._samples.items():
            whole[..., y::2, x::2] = samples
        return whole[..., :height, :width]


def _pad(samples: torch.Tensor) -> torch.Tensor:
    return F.pad(samples, (_REACH,) * 4, mode="replicate")
