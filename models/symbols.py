"""Values to symbols and table indices: the encoder's walk through the groups."""

from dataclasses import dataclass

import torch

from .groups import GROUPS, first_half
from .lossy import LossyModel
from .rdoq import BITS_PER_SQUARED_STEP, choose
from .scale_nets import table_index


@dataclass(frozen=True)
class GroupSymbols:
    """One group of a batch of tiles, (B, C, h, w) each."""

    symbols: torch.Tensor  # float32 integers
    indices: torch.Tensor  # uint8


@torch.no_grad()
def choose_symbols(
    model: LossyModel, values: list[torch.Tensor], rate_index: int, bits: torch.Tensor
) -> list[GroupSymbols]:
    """`bits[table, magnitude]` is what a symbol costs; larger magnitudes cost as much as the last."""
    batch, _, height, width = values[-1].shape
    quality = torch.full((batch,), rate_index, device=bits.device)
    gains = model.gains(quality)
    context = model.scale_nets.start(quality, height, width)
    columns = bits.shape[1]
    flat_bits = bits.flatten()
    result = []
    for value, gain, group in zip(values, gains, GROUPS, strict=True):
        weight = BITS_PER_SQUARED_STEP / gain.square()
        mask = first_half(group.channels, *value.shape[-2:], device=value.device)

        def chosen(index: torch.Tensor, value: torch.Tensor = value, weight: torch.Tensor = weight) -> torch.Tensor:
            start = index.long() * columns

            def cost(magnitude: torch.Tensor) -> torch.Tensor:
                return flat_bits[start + magnitude.clamp(max=columns - 1).long()]

            return choose(value, cost, weight)

        first = table_index(context.first())
        symbols = chosen(first)
        second = table_index(context.second(symbols))
        symbols = torch.where(mask, symbols, chosen(second))
        context.take(symbols)
        result.append(GroupSymbols(symbols, torch.where(mask, first, second).to(torch.uint8)))
    return result
