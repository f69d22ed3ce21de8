"""Chroma that was stored at half the size, and how decoders of older formats enlarge it.

All of it is whole numbers in float32 tensors, and exact.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch.nn import functional as F


@dataclass(frozen=True)
class Enlargement:
    """(B, C, h, w) to (B, C, 2h, 2w), of which a picture with odd sides needs one row or column less."""

    name: str
    enlarge: Callable[[torch.Tensor], torch.Tensor]


def _between(halved: torch.Tensor, right: int) -> torch.Tensor:
    """A stored sample lies between four places, so each of those has 9/16 of the nearest, 3/16, 3/16 and 1/16.

    Right ones are rounded with `right` sixteenths, left ones with eight.
    """
    padded = F.pad(halved, (1, 1, 1, 1), mode="replicate")
    rows = [3 * padded[..., 1:-1, :] + padded[..., beside, :] for beside in (slice(None, -2), slice(2, None))]
    whole = halved.new_empty(*halved.shape[:-2], 2 * halved.shape[-2], 2 * halved.shape[-1])
    for y, row in enumerate(rows):
        near = 3 * row[..., 1:-1]
        whole[..., y::2, 0::2] = torch.floor((near + row[..., :-2] + 8) / 16)
        whole[..., y::2, 1::2] = torch.floor((near + row[..., 2:] + right) / 16)
    return whole


def _at_every_second(halved: torch.Tensor, y: int, x: int) -> torch.Tensor:
    """A stored sample lies at every second place, from row y and column x on; the others are means of the nearest."""
    down, right = 1 - 2 * y, 1 - 2 * x
    margins = [1 - y, y], [1 - x, x]  # after, before
    padded = F.pad(halved, (margins[1][1], margins[1][0], margins[0][1], margins[0][0]), mode="replicate")
    height, width = halved.shape[-2:]

    def moved(rows: int, columns: int) -> torch.Tensor:
        top, left = y + rows, x + columns
        return padded[..., top : top + height, left : left + width]

    whole = halved.new_empty(*halved.shape[:-2], 2 * height, 2 * width)
    beside, below, across = moved(0, right), moved(down, 0), moved(down, right)
    whole[..., y::2, x::2] = halved
    whole[..., y::2, 1 - x :: 2] = torch.floor((halved + beside + 1) / 2)
    whole[..., 1 - y :: 2, x::2] = torch.floor((halved + below + 1) / 2)
    whole[..., 1 - y :: 2, 1 - x :: 2] = torch.floor((halved + beside + below + across + 2) / 4)
    return whole


IN_JPEG = Enlargement("between four places, as JPEG rounds", lambda halved: _between(halved, 7))
IN_WEBP = Enlargement("between four places", lambda halved: _between(halved, 8))


@lru_cache
def at_every_second(y: int, x: int) -> Enlargement:
    return Enlargement(f"at every second place from {y}, {x}", lambda halved: _at_every_second(halved, y, x))
