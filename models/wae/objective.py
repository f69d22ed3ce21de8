"""What the transform is trained for: a picture that comes back from its halves, and a high half with little in it."""

from dataclasses import dataclass

import torch

from .nets import Wae

_STEP = 2 / 255  # between two of the 256 levels that a half is kept in


@dataclass(frozen=True)
class Outcome:
    """Of one batch, (B, 3, H, W) in -1..1."""

    loss: torch.Tensor
    squared_error: torch.Tensor  # mean, of each picture
    low: torch.Tensor
    high: torch.Tensor


def evaluate(model: Wae, pictures: torch.Tensor, energy_weight: float, bf16: bool = False) -> Outcome:
    """With noise as rounding to 8 bits makes: without it, the high half could be made as faint as one likes for
    nothing, since the decoder would only have to multiply it up again."""
    with torch.autocast(pictures.device.type, torch.bfloat16, enabled=bf16):
        low, high = model.split(pictures)
        back = model.merge(_rounded(low), _rounded(high))
    squared_error = (back.float() - pictures).square().mean(dim=(1, 2, 3))
    loss = squared_error.mean() + energy_weight * high.float().square().mean()
    return Outcome(loss, squared_error.detach(), low, high)


def _rounded(half: torch.Tensor) -> torch.Tensor:
    return half + _STEP * (torch.rand_like(half) - 0.5)
