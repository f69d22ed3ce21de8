"""A convolutional net over planes of any size in bounded memory, with no seam.

Each part is computed with a margin as wide as the net can reach, and only its core is kept. Where the plane ends the
part ends, too, so that its borders are the plane's.
"""

from collections.abc import Callable, Iterator

import torch

Net = Callable[[torch.Tensor], torch.Tensor]


def in_patches(net: Net, x: torch.Tensor, core: int, reach: int, cell: int = 1, times: int = 1) -> torch.Tensor:
    """`net` of (B, C, H, W), which gives (B, D, H * times / cell, W * times / cell).

    `core` and `reach` are in cells: `cell` by `cell` places of the input, of which the sides must be multiples.
    """
    height, width = (extent // cell for extent in x.shape[-2:])
    if max(height, width) <= core:
        return net(x)
    result = None
    for rows in _spans(height, core, reach):
        for columns in _spans(width, core, reach):
            (top, bottom, first_row, last_row), (left, right, first_column, last_column) = rows, columns
            part = net(x[..., top * cell : bottom * cell, left * cell : right * cell])
            if result is None:
                result = part.new_empty(*part.shape[:2], height * times, width * times)
            kept = part[
                ...,
                (first_row - top) * times : (last_row - top) * times,
                (first_column - left) * times : (last_column - left) * times,
            ]
            result[..., first_row * times : last_row * times, first_column * times : last_column * times] = kept
    return result


def _spans(length: int, core: int, reach: int) -> Iterator[tuple[int, int, int, int]]:
    """Where what is computed starts and stops, and what is kept of it."""
    for first in range(0, length, core):
        last = min(first + core, length)
        yield max(first - reach, 0), min(last + reach, length), first, last
