"""Quality: one number 0..255 sets the step of every channel, fine-tuned by learned gains."""

import math

import torch
from torch import nn

from .groups import CHANNELS, GROUPS

RATE_INDICES = 256
GAIN_POINTS = 6
_LAMBDA_FIRST, _LAMBDA_LAST = 0.0002, 1.2
_DISTORTION_TIMES_LAMBDA = 26.0  # step^2 * lambda at the best step of a plain uniform quantiser


def trade_off(rate_index: torch.Tensor | float) -> torch.Tensor:
    """lambda: bits a pixel that one unit of squared error (RGB, 0..255) is worth at this quality."""
    position = torch.as_tensor(rate_index, dtype=torch.float64) / (RATE_INDICES - 1)
    return _LAMBDA_FIRST * torch.exp(position * math.log(_LAMBDA_LAST / _LAMBDA_FIRST))


def step(rate_index: torch.Tensor | float) -> torch.Tensor:
    """The quantiser's step before gains."""
    return torch.sqrt(_DISTORTION_TIMES_LAMBDA / trade_off(rate_index))


class Gains(nn.Module):
    """A learned factor for every coded channel at a few qualities, interpolated between them. Starts at one."""

    def __init__(self) -> None:
        super().__init__()
        self.log = nn.Parameter(torch.zeros(GAIN_POINTS, CHANNELS))

    def forward(self, rate_index: torch.Tensor) -> list[torch.Tensor]:
        """(B,) qualities to one (B, C, 1, 1) tensor for each group."""
        position = rate_index.float() / (RATE_INDICES - 1) * (GAIN_POINTS - 1)
        lower = position.floor().clamp(0, GAIN_POINTS - 2)
        part = (position - lower).unsqueeze(1)
        lower = lower.long()
        log = self.log[lower] * (1 - part) + self.log[lower + 1] * part
        return [g[:, :, None, None] for g in log.exp().split([group.channels for group in GROUPS], dim=1)]
