"""What a stack of planes of whole numbers will cost in a file, with a slope, for training autoencoders.

The coder predicts a number from its neighbours in the plane, and how far off that may be from what it has coded
around it and at the same place of earlier planes. Here the same is computed for all places at once. It is a likeness:
the coder knows fewer neighbours of the first places, and its tables fit better than one shape of distribution.
"""

import torch
from torch import nn
from torch.nn import functional as F

from .objective import logistic_bits

_QUIET = 0.05  # is added to what surrounds a number, so that silence has a logarithm
_FIRST_SLOPE = 0.6  # of the logarithm of the scale over that of the surroundings


class PlaneRate(nn.Module):
    """Bits of (B, K, h, w) planes, for each picture of a batch."""

    def __init__(self, planes: int) -> None:
        super().__init__()
        self.share = nn.Parameter(torch.zeros(planes))  # of the neighbours' mean, that is taken as the prediction
        self.level = nn.Parameter(torch.zeros(planes))
        self.slope = nn.Parameter(torch.full((planes,), _FIRST_SLOPE))
        self.looks = nn.Parameter(torch.full((planes, planes), -3.0))  # how much a plane's scale looks at earlier ones

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """`values` before they are rounded; rounding is taken as noise."""
        codes = values.detach().round()
        predicted = (self.share.view(1, -1, 1, 1) * _four_around(codes)).float()
        off = (codes - predicted).abs().detach()
        weights = F.softplus(self.looks).tril(-1)
        here = torch.einsum("kj,bjhw->bkhw", weights, off)
        around = _eight_around(off) + here
        scale = self.level.view(1, -1, 1, 1) + self.slope.view(1, -1, 1, 1) * torch.log(around + _QUIET)
        noisy = values + torch.rand_like(values) - 0.5
        return logistic_bits((noisy - predicted).abs(), scale.clamp(-4, 6)).sum(dim=(1, 2, 3))


def _four_around(x: torch.Tensor) -> torch.Tensor:
    padded = F.pad(x, (1, 1, 1, 1), mode="replicate")
    return (padded[..., :-2, 1:-1] + padded[..., 2:, 1:-1] + padded[..., 1:-1, :-2] + padded[..., 1:-1, 2:]) / 4


def _eight_around(x: torch.Tensor) -> torch.Tensor:
    return (F.avg_pool2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), 3, stride=1) * 9 - x) / 8
