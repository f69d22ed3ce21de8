"""What whole numbers on a grid will cost, as a function that has a slope: an estimate for training, not the coder.

The coder goes from a coarse lattice of places to finer ones, so half of all numbers are foretold by their four
neighbours, a quarter by the four across corners, and the rest by those two places away. So does this.
"""

import torch
from torch import nn
from torch.nn import functional as F

from .objective import logistic_bits

_STEPS = (((0, 1), (1, 0), 0.5), ((1, 1), (1, -1), 0.25), ((0, 2), (2, 0), 0.25))  # two axes, and how many places
_LEAST_SCALE = 0.05


class CodeRate(nn.Module):
    """Logistic bins about the mean of the neighbours, the wider the more these differ. Learned with the model."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.still = nn.Parameter(torch.full((len(_STEPS), channels), 1.0))
        self.moved = nn.Parameter(torch.full((len(_STEPS), channels), -1.0))

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Bits for each of (B, K, h, w), which may be rounded or have noise of the same width."""
        wide = F.pad(values, (2, 2, 2, 2), mode="replicate")
        bits = 0.0
        for (one, other, share), still, moved in zip(_STEPS, self.still, self.moved, strict=True):
            a, b, c, d = (_moved(wide, sign * y, sign * x) for y, x in (one, other) for sign in (1, -1))
            differing = (a - b).abs() + (c - d).abs() + (a + b - c - d).abs() / 2
            scale = F.softplus(still).view(-1, 1, 1) + F.softplus(moved).view(-1, 1, 1) * differing + _LEAST_SCALE
            bits = bits + share * logistic_bits((values - (a + b + c + d) / 4).abs(), scale.log())
        return bits


def _moved(wide: torch.Tensor, y: int, x: int) -> torch.Tensor:
    height, width = wide.shape[-2] - 4, wide.shape[-1] - 4
    return wide[..., 2 + y : 2 + y + height, 2 + x : 2 + x + width]
