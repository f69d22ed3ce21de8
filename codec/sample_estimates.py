"""Cheap looks at samples that decide how they are coded. A wrong guess costs bytes, never samples."""

from __future__ import annotations

import numpy as np

_REPEATING = 0.25  # of the places equal to a neighbour: then a tile may be a drawing
_FEW = {1: 32, 3: 256}  # grays or colours
_SAMPLED = 4096
_USUAL_LEFTOVER = 4  # in the nets' levels; what they have learned of photographs is about that large


def looks_drawn(samples: np.ndarray) -> bool:
    """Whether a tile, (H, W, C), may be a drawing or a screenshot rather than a photograph."""
    flat = samples.reshape(-1, samples.shape[2])
    few = flat[:: max(1, len(flat) // _SAMPLED)]
    if len(np.unique(few, axis=0)) <= min(_FEW[samples.shape[2]], len(few) // 4):
        return True
    neighbours = (samples[:, 1:] == samples[:, :-1], samples[1:] == samples[:-1])
    return any(equal.size and equal.all(axis=2).mean() > _REPEATING for equal in neighbours)


def repeats_bytes(samples: np.ndarray) -> bool:
    """Whether samples of 16 bits are in truth ones of 8 bits, times 257."""
    return samples.dtype == np.uint16 and bool(np.all(samples >> 8 == samples & 0xFF))


def level_log2_for(samples: np.ndarray) -> int:
    """How many of the lowest bits of 16-bit samples are beyond the nets, as a logarithm of their level."""
    values = samples.astype(np.int32)
    if min(values.shape[:2]) < 2:
        return 8
    leftover = values[1:, 1:] - values[1:, :-1] - values[:-1, 1:] + values[:-1, :-1]
    typical = int(np.median(np.abs(leftover)))
    return min(12, max(0, (typical // _USUAL_LEFTOVER).bit_length()))
