"""Wavelet packets: a picture of three planes to 3 * 4^J channels on a grid 2^J times coarser, and back.

J levels in one direction are a single banded matrix. It is applied in chunks of eight grid places, each seeing half a
chunk on either side: plain matrix products, which is far faster than filtering level by level, and exact at the
picture's edges because the first and the last chunk have matrices of their own.
"""

from functools import cache

import numpy as np
import torch

from . import filters

CHUNK = 8  # grid places; the transform never reaches further than half a chunk
LEVELS = 3


@cache
def _matrices(levels: int, direction: str) -> dict[str, torch.Tensor]:
    """Matrices (samples seen, one chunk) for a chunk in the middle, first, last, or alone."""
    size, margin = CHUNK * 2**levels, CHUNK * 2**levels // 2

    def whole(chunks: int) -> np.ndarray:
        matrix = filters.packet_matrix(chunks * size, levels)
        return matrix if direction == "analysis" else np.linalg.inv(matrix)

    three = whole(3)
    blocks = {
        "first": three[:size, : size + margin],
        "middle": three[size : 2 * size, size - margin : 2 * size + margin],
        "last": three[2 * size :, 2 * size - margin :],
        "alone": whole(1),
    }
    return {name: torch.from_numpy(block.T.astype(np.float32)).contiguous() for name, block in blocks.items()}


def _windows(length: int, levels: int, direction: str) -> list[tuple[slice, torch.Tensor]]:
    """For each chunk along an axis: the samples it sees, and its matrix."""
    size, margin = CHUNK * 2**levels, CHUNK * 2**levels // 2
    matrices = _matrices(levels, direction)
    last = length - size
    if last == 0:
        return [(slice(0, size), matrices["alone"])]
    middle = [(slice(at - margin, at + size + margin), matrices["middle"]) for at in range(size, last, size)]
    return [(slice(0, size + margin), matrices["first"]), *middle, (slice(last - margin, length), matrices["last"])]


def _both_axes(x: torch.Tensor, levels: int, direction: str) -> torch.Tensor:
    """Apply the banded matrix along the last two axes of (B, C, H, W)."""
    rows = x.flatten(0, 2)
    rows = torch.cat([rows[:, seen] @ m.to(x) for seen, m in _windows(x.shape[-1], levels, direction)], dim=1)
    columns = rows.view(-1, *x.shape[-2:])
    columns = torch.cat(
        [torch.matmul(m.to(x).T, columns[:, seen]) for seen, m in _windows(x.shape[-2], levels, direction)], dim=1
    )
    return columns.view(x.shape)


@cache
def band_order(levels: int) -> tuple[int, ...]:
    """Bands from coarse to fine: flat numbers row * 2^J + column, sorted by the level at which they split off."""
    side = 2**levels

    def split_off(band: int) -> tuple[int, int]:
        return max(band // side, band % side).bit_length(), band

    return tuple(sorted(range(side * side), key=split_off))


@cache
def _channel_order(levels: int, planes: int, device: torch.device) -> torch.Tensor:
    """Where each channel of `analyse` is in the order in which the matrices leave them, plane * 4^J + band."""
    bands = 4**levels
    order = [plane * bands + band for band in band_order(levels) for plane in range(planes)]
    return torch.tensor(order, device=device)


@cache
def _natural_order(levels: int, planes: int, device: torch.device) -> torch.Tensor:
    """The way back from `_channel_order`."""
    return torch.argsort(_channel_order(levels, planes, device))


def _reordered(x: torch.Tensor, order: torch.Tensor) -> torch.Tensor:
    """`x[..., order]`, which torch does many times as fast with rows of a matrix."""
    return x.flatten(0, -2).index_select(1, order).view(x.shape)


def analyse(planes: torch.Tensor, levels: int = LEVELS) -> torch.Tensor:
    """(B, 3, H, W) to (B, 3 * 4^J, H / 2^J, W / 2^J), channels_last; channel = 3 * band + plane, coarse bands first.

    H and W are multiples of 8 * 2^J.
    """
    side = 2**levels
    b, c, height, width = planes.shape
    x = _both_axes(planes, levels, "analysis").view(b, c, height // side, side, width // side, side)
    x = x.permute(0, 2, 4, 1, 3, 5).flatten(3)  # (B, h, w, planes * rows * columns)
    return _reordered(x, _channel_order(levels, c, x.device)).permute(0, 3, 1, 2)


def synthesise(coefficients: torch.Tensor, levels: int = LEVELS) -> torch.Tensor:
    """The inverse of `analyse`. With fewer levels than were analysed it gives the smaller picture of coarse bands."""
    side = 2**levels
    b, channels, h, w = coefficients.shape
    order = _natural_order(levels, channels // side**2, coefficients.device)
    x = _reordered(coefficients.permute(0, 2, 3, 1), order).unflatten(-1, (-1, side, side))
    x = x.permute(0, 3, 1, 4, 2, 5).reshape(b, -1, h * side, w * side)
    return _both_axes(x, levels, "synthesis")
