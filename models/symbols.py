"""Values to symbols and table indices: the encoder's walk through the groups."""

from collections.abc import Callable
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


Pick = Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]  # (values, table indices, error weight)


def choose_symbols(
    model: LossyModel, values: list[torch.Tensor], rate_index: int, bits: torch.Tensor
) -> list[GroupSymbols]:
    """`bits[table, magnitude]` is what a symbol costs; larger magnitudes cost as much as the last."""

    def pick(value: torch.Tensor, index: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        return choose(value, costs(bits, index), weight)

    return _walk(model, values, rate_index, pick)


def with_indices(model: LossyModel, symbols: list[torch.Tensor], rate_index: int) -> list[GroupSymbols]:
    """Symbols that are chosen already, and the tables that code them."""
    return _walk(model, symbols, rate_index, lambda symbol, index, weight: symbol)


def costs(bits: torch.Tensor, index: torch.Tensor) -> Callable[[torch.Tensor], torch.Tensor]:
    """What magnitudes cost in these tables."""
    columns, flat_bits = bits.shape[1], bits.flatten()
    start = index.long() * columns
    return lambda magnitude: flat_bits[start + magnitude.clamp(max=columns - 1).long()]


def error_weights(model: LossyModel, rate_index: int, device: torch.device) -> list[torch.Tensor]:
    """What a squared step of error is worth in each group, in bits: (1, C, 1, 1) each."""
    gains = model.gains(torch.full((1,), rate_index, device=device))
    return [BITS_PER_SQUARED_STEP / gain.square() for gain in gains]


@torch.no_grad()
def _walk(model: LossyModel, values: list[torch.Tensor], rate_index: int, pick: Pick) -> list[GroupSymbols]:
    batch, _, height, width = values[-1].shape
    device = values[-1].device
    context = model.scale_nets.start(torch.full((batch,), rate_index, device=device), height, width)
    weights = error_weights(model, rate_index, device)
    result = []
    for value, weight, group in zip(values, weights, GROUPS, strict=True):
        mask = first_half(group.channels, *value.shape[-2:], device=device)
        first = table_index(context.first())
        symbols = pick(value, first, weight)
        second = table_index(context.second(symbols))
        symbols = torch.where(mask, symbols, pick(value, second, weight))
        context.take(symbols)
        result.append(GroupSymbols(symbols, torch.where(mask, first, second).to(torch.uint8)))
    return result
