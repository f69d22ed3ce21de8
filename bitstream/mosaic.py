"""Many small bands as one picture, so that a picture codec can carry them.

The place of every band follows from the shapes alone; nothing about it is stored.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

MOST_SIDE = 16383
BLOCK_SIDE = 4096
COLOURS = 3

Shape = tuple[int, int, int]


@dataclass(frozen=True)
class Block:
    """A rectangle of one band triple of one plane, and where it lies in the mosaic."""

    plane: int
    channel: int
    top: int
    left: int
    height: int
    width: int
    row: int
    column: int


@dataclass(frozen=True)
class Mosaic:
    """All blocks of a segment, in order, and the size of the picture that holds them."""

    height: int
    width: int
    blocks: tuple[Block, ...]


def lay_out(shapes: Sequence[Shape]) -> Mosaic:
    """Shelf below shelf of equally high blocks, in a picture about as wide as it is high.

    Three channels that follow one another make the colours of a block. A band wider or higher than 4096 is
    cut first, since no side of the mosaic may exceed what WebP can count.
    """
    area = sum(-(-channels // COLOURS) * height * width for channels, height, width in shapes)
    widest = max((min(width, BLOCK_SIDE) for _, _, width in shapes), default=0)
    target = min(MOST_SIDE, max(widest, math.isqrt(area)))
    blocks: list[Block] = []
    row = column = shelf = mosaic_width = 0
    for plane, channel, top, left, height, width in _rectangles(shapes):
        if height != shelf or column + width > target:
            row, column, shelf = row + shelf, 0, height
        blocks.append(Block(plane, channel, top, left, height, width, row, column))
        column += width
        mosaic_width = max(mosaic_width, column)
    return Mosaic(row + shelf, mosaic_width, tuple(blocks))


def _rectangles(shapes: Sequence[Shape]) -> Iterator[tuple[int, int, int, int, int, int]]:
    """(plane, channel, top, left, height, width) of every block, in the order of the mosaic."""
    for plane, (channels, height, width) in enumerate(shapes):
        for top in range(0, height, BLOCK_SIDE):
            for left in range(0, width, BLOCK_SIDE):
                for channel in range(0, channels, COLOURS):
                    yield (
                        plane,
                        channel,
                        top,
                        left,
                        min(BLOCK_SIDE, height - top),
                        min(BLOCK_SIDE, width - left),
                    )


def compose(mosaic: Mosaic, planes: Sequence[np.ndarray]) -> np.ndarray:
    """(height, width, 3) uint8. What no block covers, and a missing third colour, is zero."""
    picture = np.zeros((mosaic.height, mosaic.width, COLOURS), np.uint8)
    for block in mosaic.blocks:
        part = _part(planes, block)
        _area(picture, block)[..., : len(part)] = np.moveaxis(part, 0, -1)
    return picture


def take_apart(mosaic: Mosaic, picture: np.ndarray, shapes: Sequence[Shape]) -> list[np.ndarray]:
    """The planes of `compose` again, as uint8."""
    planes = [np.empty(shape, np.uint8) for shape in shapes]
    for block in mosaic.blocks:
        part = _part(planes, block)
        part[...] = np.moveaxis(_area(picture, block)[..., : len(part)], -1, 0)
    return planes


def _part(planes: Sequence[np.ndarray], block: Block) -> np.ndarray:
    rows = slice(block.top, block.top + block.height)
    columns = slice(block.left, block.left + block.width)
    return planes[block.plane][block.channel : block.channel + COLOURS, rows, columns]  # (1 to 3, h, w)


def _area(picture: np.ndarray, block: Block) -> np.ndarray:
    return picture[block.row : block.row + block.height, block.column : block.column + block.width]
