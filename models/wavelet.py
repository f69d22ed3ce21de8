"""Wavelet packets: a picture of three planes to 3 * 4^J channels on a grid 2^J times coarser, and back.

J levels in one direction are a single banded matrix. It is applied in chunks of eight grid places, each seeing its two
neighbours: plain matrix products, which is far faster than filtering level by level, and exact at the picture's edges
because the first and the last chunk have matrices of their own.
"""

from functools import cache

import numpy as np
import torch

from . import filters

CHUNK = 8  # grid places; the transform never reaches further than one chunk
LEVELS = 3


@cache
def _chunk_matrices(levels: int, direction: str) -> dict[str, torch.Tensor]:
    """Matrices (3 chunks in, 1 chunk out) for a chunk in the middle, first, last, or alone."""
    size = CHUNK * 2**levels

    def whole(chunks: int) -> np.ndarray:
        matrix = filters.packet_matrix(chunks * size, levels)
        return matrix if direction == "analysis" else np.linalg.inv(matrix)

    five, one = whole(5), whole(1)
    blocks = {
        "first": np.concatenate([np.zeros((size, size)), five[:size, : 2 * size]], axis=1),
        "middle": five[2 * size : 3 * size, size : 4 * size],
        "last": np.concatenate([five[4 * size :, 3 * size :], np.zeros((size, size))], axis=1),
        "alone": np.concatenate([np.zeros((size, size)), one, np.zeros((size, size))], axis=1),
    }
    return {name: torch.from_numpy(block.T.astype(np.float32).copy()) for name, block in blocks.items()}


def _along_last(x: torch.Tensor, levels: int, direction: str) -> torch.Tensor:
    """Apply the banded matrix along the last axis."""
    size = CHUNK * 2**levels
    count = x.shape[-1] // size
    matrices = {name: m.to(x) for name, m in _chunk_matrices(levels, direction).items()}
    if count == 1:
        return x @ matrices["alone"][size : 2 * size]
    chunks = x.unflatten(-1, (count, size))  # (..., chunks, size)
    first = chunks[..., :2, :].flatten(-2) @ matrices["first"][size:]
    last = chunks[..., -2:, :].flatten(-2) @ matrices["last"][: 2 * size]
    if count == 2:
        return torch.cat([first, last], dim=-1)
    middle = x.unfold(-1, 3 * size, size).reshape(-1, 3 * size) @ matrices["middle"]
    return torch.cat([first, middle.view(*x.shape[:-1], -1), last], dim=-1)


@cache
def band_order(levels: int) -> tuple[int, ...]:
    """Bands from coarse to fine: flat numbers row * 2^J + column, sorted by the level at which they split off."""
    side = 2**levels

    def split_off(band: int) -> tuple[int, int]:
        return max(band // side, band % side).bit_length(), band

    return tuple(sorted(range(side * side), key=split_off))


def analyse(planes: torch.Tensor, levels: int = LEVELS) -> torch.Tensor:
    """(B, 3, H, W) to (B, 3 * 4^J, H / 2^J, W / 2^J), channels_last; channel = 3 * band + plane, coarse bands first.

    H and W are multiples of 8 * 2^J.
    """
    side = 2**levels
    x = _along_last(planes, levels, "analysis")
    x = _along_last(x.transpose(-1, -2), levels, "analysis")  # (B, 3, W, H)
    b, c, w, h = x.shape
    x = x.view(b, c, w // side, side, h // side, side)
    x = x.permute(0, 4, 2, 5, 3, 1).reshape(b, h // side, w // side, side * side, c)  # (B, h, w, bands, 3)
    x = x[..., list(band_order(levels)), :].flatten(-2)
    return x.permute(0, 3, 1, 2)


def synthesise(coefficients: torch.Tensor, levels: int = LEVELS) -> torch.Tensor:
    """The inverse of `analyse`. With fewer levels than were analysed it gives the smaller picture of coarse bands."""
    side = 2**levels
    b, _, h, w = coefficients.shape
    x = coefficients.permute(0, 2, 3, 1).unflatten(-1, (side * side, -1))
    inverse = torch.argsort(torch.tensor(band_order(levels))).tolist()
    x = x[..., inverse, :].unflatten(-2, (side, side))  # (B, h, w, rows, columns, 3)
    x = x.permute(0, 5, 2, 4, 1, 3).reshape(b, -1, w * side, h * side)  # (B, 3, W, H)
    x = _along_last(x, levels, "synthesis").transpose(-1, -2)
    return _along_last(x, levels, "synthesis")
