"""The float nets on either side of the quantiser: each looks at wavelet coefficients and adds a correction to them.

The last layer starts at zero, so an untrained net changes nothing and wlc is a plain wavelet codec.
"""

import torch
from torch import nn

from .quantiser import RATE_INDICES

COEFFICIENTS = 192
GATE_LIMIT = 16.0  # products of products grow without bound; pictures of the training set stay below 10


class Block(nn.Module):
    """Look around (depthwise 3x3 between two 1x1), then mix channels through a product gate; both residual."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.enter = nn.Conv2d(width, width, 1)
        # Zeros beyond the picture would show as a frame around flat areas.
        self.around = nn.Conv2d(width, width, 3, padding=1, groups=width, padding_mode="replicate")
        self.leave = nn.Conv2d(width, width, 1)
        self.gate = nn.Conv2d(width, 2 * width, 1)
        self.mix = nn.Conv2d(width, width, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x + self.leave(self.around(nn.functional.silu(self.enter(x))))
        a, b = self.gate(x).chunk(2, dim=1)
        return x + self.mix((a * b).clamp(-GATE_LIMIT, GATE_LIMIT))


class CorrectionNet(nn.Module):
    """192 coefficients in units of the step, and the quality, to a correction of the same shape and units."""

    def __init__(self, width: int, blocks: int) -> None:
        super().__init__()
        self.reach = blocks  # grid places that an output sees on each side
        self.enter = nn.Conv2d(COEFFICIENTS + 1, width, 1)
        self.blocks = nn.Sequential(*[Block(width) for _ in range(blocks)])
        self.leave = nn.Conv2d(width, COEFFICIENTS, 1)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)

    def forward(self, coefficients: torch.Tensor, rate_index: torch.Tensor) -> torch.Tensor:
        b, _, h, w = coefficients.shape
        quality = (rate_index.to(coefficients.dtype) / RATE_INDICES).view(-1, 1, 1, 1).expand(b, 1, h, w)
        x = torch.cat([torch.asinh(coefficients), quality], dim=1)
        x = x.to(self.enter.weight.dtype, memory_format=torch.channels_last)
        return self.leave(self.blocks(self.enter(x)))
