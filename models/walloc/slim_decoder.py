"""A decoder for ordinary processors: a matrix that undoes the encoder's, and a net that corrects what it gives.

It begins as the matrix alone, so an untrained codec is a plain transform, and training only improves it.
"""

import torch
from torch import nn

from ..correction_net import Block


class SlimDecoder(nn.Module):
    """(B, latent_dim, h, w) to (B, packets, h, w). Sees no farther than one place a block."""

    def __init__(self, latent_dim: int, packets: int, width: int, blocks: int) -> None:
        super().__init__()
        self.plain = nn.Conv2d(latent_dim, packets, 1)
        leave = nn.Conv2d(width, packets, 1)
        nn.init.zeros_(leave.weight)
        nn.init.zeros_(leave.bias)
        enter = nn.Conv2d(latent_dim, width, 1)
        self.correction = nn.Sequential(enter, *[Block(width) for _ in range(blocks)], leave)

    def forward(self, latents: torch.Tensor) -> torch.Tensor:
        squeezed = torch.asinh(latents).to(self.correction[0].weight.dtype)
        return self.plain(latents) + self.correction(squeezed).to(latents.dtype)
