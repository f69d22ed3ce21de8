"""A transform over a picture of any size, strip by strip: its nets would take gigabytes for a large one at once."""

from collections.abc import Iterator

import torch

from .transforms import Transform

ROWS = 256  # of a half
_MARGIN = 8  # rows beyond a strip; more than any of the transforms can see


def split(transform: Transform, picture: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Of one picture, (3, H, W)."""
    lows, highs = [], []
    for seen, kept in _strips(picture.shape[1] // 2):
        low, high = transform.split(picture[None, :, 2 * seen.start : 2 * seen.stop])
        lows.append(low[0, :, kept])
        highs.append(high[0, :, kept])
    return torch.cat(lows, dim=1), torch.cat(highs, dim=1)


def merge(transform: Transform, low: torch.Tensor, high: torch.Tensor) -> torch.Tensor:
    """The inverse of `split`."""
    return torch.cat(
        [
            transform.merge(low[None, :, seen], high[None, :, seen])[0, :, 2 * kept.start : 2 * kept.stop]
            for seen, kept in _strips(low.shape[1])
        ],
        dim=1,
    )


def _strips(rows: int) -> Iterator[tuple[slice, slice]]:
    """The rows that a strip sees, and which of those it is there for."""
    for start in range(0, rows, ROWS):
        stop = min(start + ROWS, rows)
        first = max(start - _MARGIN, 0)
        yield slice(first, min(stop + _MARGIN, rows)), slice(start - first, stop - first)
