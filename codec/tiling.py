"""Tiles on the coefficient grid: which places each one covers, and which can be computed together."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import torch

from wlc.bitstream.head import Head, tiles
from wlc.models.groups import GROUPS
from wlc.models.windows import grid_of

UNTILED_PIXELS = 1_250_000  # up to this a picture is one tile
TILE_LOG2 = 9
_BATCH_PLACES = 1 << 13  # grid places computed at once: half a megapixel, since more falls out of the caches
_CELL = 8
_LONGEST_UNTILED = 4096  # an untiled picture may have a million pixels in a row


@dataclass(frozen=True)
class Tile:
    """A rectangle of the 1/8 grid, padded to whole blocks, and its place in the order of segments."""

    number: int
    top: int
    left: int
    height: int
    width: int

    def of(self, group: int) -> tuple:
        """Where a group's part of this tile lies in the picture's tensor of that group."""
        shift = GROUPS[group].shift
        rows = slice(self.top >> shift, (self.top + self.height) >> shift)
        columns = slice(self.left >> shift, (self.left + self.width) >> shift)
        return ..., rows, columns


def tile_log2_for(height: int, width: int) -> int:
    return 0 if height * width <= UNTILED_PIXELS else TILE_LOG2


def short_tile_log2_for(height: int, width: int) -> int:
    """The same where what is coded at once may become a WebP picture, which has 16383 pixels a side at most."""
    return tile_log2_for(height, width) or (TILE_LOG2 if max(height, width) > _LONGEST_UNTILED else 0)


def tiles_of(head: Head) -> list[Tile]:
    return [
        Tile(number, top // _CELL, left // _CELL, *grid_of(height, width))
        for number, (top, left, height, width) in enumerate(tiles(head))
    ]


def batches(all_tiles: list[Tile]) -> Iterator[list[Tile]]:
    """Tiles of one shape, as many as are computed at once."""

    def shape(tile: Tile) -> tuple[int, int]:
        return tile.height, tile.width

    for (height, width), alike in groupby(sorted(all_tiles, key=shape), key=shape):
        same = list(alike)
        count = max(1, _BATCH_PLACES // (height * width))
        for start in range(0, len(same), count):
            yield same[start : start + count]


def gather(tensors: list[torch.Tensor], some: list[Tile], device: torch.device) -> list[torch.Tensor]:
    """The parts of these tiles, group by group, as batches."""
    return [
        torch.cat([tensor[tile.of(group)] for tile in some]).to(device, memory_format=torch.channels_last)
        for group, tensor in enumerate(tensors)
    ]
