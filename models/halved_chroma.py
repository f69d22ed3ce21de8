"""Chroma that was stored at half the size, and how decoders of older formats enlarge it.

All of it is whole numbers in float32 tensors, and exact.
"""

from dataclasses import dataclass

import torch
from torch.nn import functional as F


@dataclass(frozen=True)
class Between:
    """A stored sample lies between four places, so each of those has 9/16 of the nearest, 3/16, 3/16 and 1/16.

    Right ones are rounded with `right` sixteenths, left ones with eight.
    """

    right: int

    def enlarge(self, halved: torch.Tensor) -> torch.Tensor:
        """(B, C, h, w) to (B, C, 2h, 2w), of which a picture with odd sides needs one row or column less."""
        padded = F.pad(halved, (1, 1, 1, 1), mode="replicate")
        rows = [3 * padded[..., 1:-1, :] + padded[..., beside, :] for beside in (slice(None, -2), slice(2, None))]
        whole = halved.new_empty(*halved.shape[:-2], 2 * halved.shape[-2], 2 * halved.shape[-1])
        for y, row in enumerate(rows):
            near = 3 * row[..., 1:-1]
            whole[..., y::2, 0::2] = torch.floor((near + row[..., :-2] + 8) / 16)
            whole[..., y::2, 1::2] = torch.floor((near + row[..., 2:] + self.right) / 16)
        return whole


@dataclass(frozen=True)
class EverySecond:
    """A stored sample lies at every second place, from row y and column x on; the others are means of the nearest."""

    y: int
    x: int

    def enlarge(self, halved: torch.Tensor) -> torch.Tensor:
        """(B, C, h, w) to (B, C, 2h, 2w)."""
        y, x = self.y, self.x
        height, width = halved.shape[-2:]
        padded = F.pad(halved, (x, 1 - x, y, 1 - y), mode="replicate")

        def moved(rows: int, columns: int) -> torch.Tensor:
            return padded[..., y + rows : y + rows + height, x + columns : x + columns + width]

        down, right = 1 - 2 * y, 1 - 2 * x
        beside, below, across = moved(0, right), moved(down, 0), moved(down, right)
        whole = halved.new_empty(*halved.shape[:-2], 2 * height, 2 * width)
        whole[..., y::2, x::2] = halved
        whole[..., y::2, 1 - x :: 2] = torch.floor((halved + beside + 1) / 2)
        whole[..., 1 - y :: 2, x::2] = torch.floor((halved + below + 1) / 2)
        whole[..., 1 - y :: 2, 1 - x :: 2] = torch.floor((halved + beside + below + across + 2) / 4)
        return whole


Enlargement = Between | EverySecond
