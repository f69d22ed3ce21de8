"""The float nets on either side of the quantiser: each looks at wavelet coefficients and adds a correction to them.

The last layer starts at zero, so an untrained net changes nothing and wlc is a plain wavelet codec.
"""

import torch
from torch import nn

from .quantiser import RATE_INDICES
from .scale_nets import join_channels as join

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
        x = self.leave(self.around(nn.functional.silu(self.enter(x)))).add_(x)
        a, b = self.gate(x).chunk(2, dim=1)
        return self.mix((a * b).clamp_(-GATE_LIMIT, GATE_LIMIT)).add_(x)


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
        dtype = self.enter.weight.dtype
        quality = (rate_index.to(coefficients.dtype) / RATE_INDICES).to(dtype).view(-1, 1, 1, 1).expand(b, 1, h, w)
        if dtype == torch.bfloat16 and not coefficients.requires_grad:
            squeezed = _asinh_bfloat16(coefficients)
        else:
            squeezed = torch.asinh(coefficients).to(dtype)
        x = join(squeezed, quality)
        return self.leave(self.blocks(self.enter(x)))


def _asinh_bfloat16(x: torch.Tensor) -> torch.Tensor:
    """`torch.asinh(x).bfloat16()` in a quarter of the time; one number in thousands is rounded the other way.
    channels_last."""
    x = x.permute(0, 2, 3, 1).contiguous()
    square = x.square()
    quick = square.div_((square + 1).sqrt_().add_(1)).add_(x.abs()).log1p_().copysign_(x)
    return quick.bfloat16().permute(0, 3, 1, 2)
