"""Rate-distortion optimised quantisation: a symbol is chosen for its bits as well as for its error.

The choice is between the nearest integer and the one next to it toward zero. It costs the decoder nothing.
"""

from collections.abc import Callable

import torch

BITS_PER_SQUARED_STEP = 26.0 / 3.0  # lambda * step^2 / 3: see quantiser.py, three samples a pixel


def choose(
    values: torch.Tensor, bits: Callable[[torch.Tensor], torch.Tensor], error_weight: torch.Tensor | float
) -> torch.Tensor:
    """Symbols (float tensor of integers) for `values` in steps. `bits` costs non-negative integer magnitudes.

    `error_weight` is what one squared step of error is worth, in bits: `BITS_PER_SQUARED_STEP / gain^2`.
    """
    magnitude = values.abs()
    nearest = magnitude.round()
    smaller = (nearest - 1).clamp(min=0)
    cost_nearest = bits(nearest) + error_weight * (magnitude - nearest).square()
    cost_smaller = bits(smaller) + error_weight * (magnitude - smaller).square()
    return torch.where(cost_smaller < cost_nearest, smaller, nearest) * values.sign()
