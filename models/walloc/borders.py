"""Pictures of any size to sizes that WaLLoC's codecs take, and back."""

from collections.abc import Sequence

import torch
from torch.nn import functional as F


def pad(x: torch.Tensor, p: int = 16, mode: str = "reflect") -> torch.Tensor:
    """(B, C, H, W) with height and width raised to multiples of `p`, the picture in the middle."""
    height, width = (-(-size // p) * p for size in x.shape[-2:])
    return F.pad(x, around(x.shape[-2:], (height, width)), mode=mode)


def crop(x: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
    """The picture of `size` (height, width) that `pad` has put in the middle of `x`."""
    if x.shape[-2] < size[0] or x.shape[-1] < size[1]:
        raise ValueError(f"{tuple(size)} cannot be cut out of {tuple(x.shape[-2:])}")
    return F.pad(x, [-amount for amount in around(size, x.shape[-2:])])


def around(inner: Sequence[int], outer: Sequence[int]) -> list[int]:
    """Left, right, top, bottom; the odd place goes to the right and to the bottom."""
    down, right = outer[0] - inner[0], outer[1] - inner[1]
    return [right // 2, right - right // 2, down // 2, down - down // 2]
