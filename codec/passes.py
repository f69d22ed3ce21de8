"""The order of symbols within a group: rows, then columns, then channels; first one half of them, then the other."""

from functools import lru_cache

import numpy as np
import torch

from wlc.models.groups import PLANES, first_half


@lru_cache(maxsize=64)
def pass_places(channels: int, height: int, width: int, has_colour: bool) -> tuple[np.ndarray, np.ndarray]:
    """Flat positions in (height, width, channels) of the first and the second pass.

    A picture without colour has nothing but zeros in its colour channels, and they are not coded.
    """
    first = first_half(channels, height, width)[0].permute(1, 2, 0).numpy()
    coded = np.ones(channels, bool) if has_colour else np.arange(channels) % PLANES == 0
    return np.flatnonzero(first & coded), np.flatnonzero(~first & coded)


def flat(tensor: torch.Tensor, dtype: torch.dtype) -> np.ndarray:
    """(B, C, h, w) to (B, h * w * C) on the CPU."""
    return tensor.permute(0, 2, 3, 1).flatten(1).to("cpu", dtype).numpy()


def unflat(array: np.ndarray, channels: int, height: int, width: int, device: torch.device) -> torch.Tensor:
    """The inverse of `flat`. On the CPU it is the array's own memory."""
    return torch.from_numpy(array).to(device).view(-1, height, width, channels).permute(0, 3, 1, 2)
