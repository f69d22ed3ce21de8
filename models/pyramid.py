"""The low pyramid: the three coarsest channels of the packets, taken down three more dyadic levels.

A picture's large shapes need few numbers; at 1/64 of the size each of them stands for 4096 pixels.
"""

from functools import cache

import torch
from torch.nn import functional as F

from . import filters

LEVELS = 3


@cache
def _taps(direction: str) -> torch.Tensor:
    return torch.from_numpy(filters.kernels(direction)).float().unsqueeze(1)  # (2, 1, K)


def _level(x: torch.Tensor, direction: str) -> torch.Tensor:
    """One wavelet level along the last axis, subbands interleaved in and out."""
    length = x.shape[-1]
    index = torch.from_numpy(filters.reflected(-filters.REACH, length + filters.REACH, length)).to(x.device)
    extended = x.index_select(-1, index).reshape(-1, 1, length + 2 * filters.REACH)
    return F.conv1d(extended, _taps(direction).to(x), stride=2).transpose(1, 2).reshape(x.shape)


def _both_axes(x: torch.Tensor, direction: str) -> torch.Tensor:
    return _level(_level(x, direction).transpose(-1, -2), direction).transpose(-1, -2)


def split(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """(B, 3, h, w) to the low quarter (B, 3, h/2, w/2) and the details (B, 9, h/2, w/2), channel = 3 * band + plane."""
    y = _both_axes(x, "analysis")
    details = torch.cat([y[..., 0::2, 1::2], y[..., 1::2, 0::2], y[..., 1::2, 1::2]], dim=1)
    return y[..., 0::2, 0::2], details


def join(low: torch.Tensor, details: torch.Tensor) -> torch.Tensor:
    """The inverse of `split`."""
    b, c, h, w = low.shape
    right, below, diagonal = details.split(c, dim=1)
    rows = torch.stack([torch.stack([low, right], dim=-1), torch.stack([below, diagonal], dim=-1)], dim=-3)
    return _both_axes(rows.reshape(b, c, 2 * h, 2 * w), "synthesis")


def analyse(low: torch.Tensor) -> list[torch.Tensor]:
    """(B, 3, h, w) to its groups, coarsest first: 12 channels at 1/8, 9 at 1/4, 9 at 1/2 of its size."""
    groups = []
    for _ in range(LEVELS):
        low, details = split(low)
        groups.append(details)
    groups[-1] = torch.cat([low, groups[-1]], dim=1)
    return groups[::-1]


def synthesise(groups: list[torch.Tensor]) -> torch.Tensor:
    """The inverse of `analyse`."""
    low, details = groups[0].split([3, 9], dim=1)
    for finer in [details, *groups[1:]]:
        low = join(low, finer)
    return low
