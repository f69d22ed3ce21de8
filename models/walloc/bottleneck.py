"""What stands between WaLLoC's encoder and decoder: latents squeezed into a range, and rounded.

Nothing here is learned. The squeeze is the distribution function of a normal variable, so that latents that are about
normal use the whole numbers of the range about equally often.
"""

import math

import torch
from torch import nn

_EDGE = 1e-4  # probabilities nearer to 0 or 1 are not undone: they would become as large as one likes


def largest_latent(latent_bits: int) -> float:
    """Just short of where rounding would need one number more than `latent_bits` bits hold."""
    if not 2 <= latent_bits <= 16:
        raise ValueError(f"latents have 2 to 16 bits, not {latent_bits}")
    return 2 ** (latent_bits - 1) - 0.5 - 1e-3


def normal_scale(latent_bits: int) -> float:
    return (2 ** (latent_bits - 1) - 1) / 1.85


def slope_at_zero(latent_bits: int) -> float:
    """By how much small numbers grow when they are squeezed."""
    return 2 * largest_latent(latent_bits) / (normal_scale(latent_bits) * math.sqrt(2 * math.pi))


class ToUniform(nn.Module):
    """Any number to one between -`latent_max` and `latent_max`."""

    def __init__(self, scale: float, latent_max: float) -> None:
        super().__init__()
        self.scale, self.latent_max = scale, latent_max

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        probability = 0.5 * (1 + torch.erf(x / self.scale / math.sqrt(2)))
        return 2 * self.latent_max * (probability - 0.5)


class ToNormal(nn.Module):
    """The way back, for all but the outermost numbers."""

    def __init__(self, scale: float, latent_max: float) -> None:
        super().__init__()
        self.scale, self.latent_max = scale, latent_max

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        probability = (x / (2 * self.latent_max) + 0.5).clamp(_EDGE, 1 - _EDGE)
        return self.scale * math.sqrt(2) * torch.erfinv(2 * probability - 1)


class Round(nn.Module):
    """Rounds when evaluating. In training, noise of the same width stands for it, since rounding has no slope."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + torch.rand_like(x) - 0.5 if self.training else x.round()
