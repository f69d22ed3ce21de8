"""Values to symbols and table indices: the encoder's walk through the groups."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from .groups import GROUPS, Group
from .lossy import LossyModel
from .rdoq import BITS_PER_SQUARED_STEP, choose
from .scale_nets import half_as_factor, lookup, table_index
from .table_sets import first_table

_FULL_WORTH = 16  # from this rate index on errors count in full
_CHEAPEST_ERROR = 0.5  # and at rate index 0 by so much


@dataclass(frozen=True)
class GroupSymbols:
    """One group of a batch of tiles, (B, C, h, w) each."""

    group: Group
    symbols: torch.Tensor  # float32 integers
    indices: torch.Tensor  # uint8, of tables


# (values, table indices, error weight, 1 in one half and 0 in the other) to the symbols of that half, 0 in the other
Pick = Callable[[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]


def choose_symbols(
    model: LossyModel, values: list[torch.Tensor], rate_index: int, bits: torch.Tensor
) -> list[GroupSymbols]:
    """`bits[table, magnitude]` is what a symbol costs; larger magnitudes cost as much as the last."""

    def pick(value: torch.Tensor, index: torch.Tensor, weight: torch.Tensor, half: torch.Tensor) -> torch.Tensor:
        # There is nothing to choose for the many values that are nearest to zero.
        places = _places(value.abs().mul_(half) > 0.5)
        here, tables, weights = (_listed(x.expand_as(value)).index_select(0, places) for x in (value, index, weight))
        chosen = torch.zeros(value.numel(), device=value.device)
        chosen.scatter_(0, places, choose(here, costs(bits, tables), weights))
        return chosen.view(value.movedim(1, -1).shape).movedim(-1, 1)

    return _walk(model, values, rate_index, pick)


def with_indices(model: LossyModel, symbols: list[torch.Tensor], rate_index: int) -> list[GroupSymbols]:
    """Symbols that are chosen already, and the tables that code them."""
    return _walk(model, symbols, rate_index, lambda symbol, index, weight, half: symbol * half)


def costs(bits: torch.Tensor, index: torch.Tensor) -> Callable[[torch.Tensor], torch.Tensor]:
    """What magnitudes cost in these tables."""
    columns, flat_bits = bits.shape[1], bits.flatten()
    start = index.int() * columns
    return lambda magnitude: lookup(flat_bits, start + magnitude.clamp(max=columns - 1).int())


def error_weights(model: LossyModel, rate_index: int, device: torch.device) -> list[torch.Tensor]:
    """What a squared step of error is worth in each group, in bits: (1, C, 1, 1) each.

    At the lowest qualities it is worth less than the step says: who asks for those wants a small file.
    """
    gains = model.gains(torch.full((1,), rate_index, device=device))
    worth = BITS_PER_SQUARED_STEP * _CHEAPEST_ERROR ** max(0.0, 1 - rate_index / _FULL_WORTH)
    return [worth / gain.square() for gain in gains]


@torch.no_grad()
def _walk(model: LossyModel, values: list[torch.Tensor], rate_index: int, pick: Pick) -> list[GroupSymbols]:
    batch, _, height, width = values[-1].shape
    device = values[-1].device
    context = model.scale_nets.start(torch.full((batch,), rate_index, device=device), height, width)
    weights = error_weights(model, rate_index, device)
    result = []
    for group, value, weight in zip(GROUPS, values, weights, strict=True):
        in_first, in_second = half_as_factor(*value.shape[1:], device)
        first = table_index(context.first()).to(torch.uint8).add_(first_table(group, second=False))
        symbols = pick(value, first, weight, in_first)
        second = table_index(context.second(symbols)).to(torch.uint8).add_(first_table(group, second=True))
        symbols = symbols + pick(value, second, weight, in_second)
        context.take(symbols)
        first_bytes, second_bytes = half_as_factor(*value.shape[1:], device, torch.uint8)
        result.append(GroupSymbols(group, symbols, first * first_bytes + second * second_bytes))
    return result


def _listed(x: torch.Tensor) -> torch.Tensor:
    """(B, C, h, w) as one long list, in the order in which channels_last keeps it."""
    return x.movedim(1, -1).reshape(-1)


def _places(where: torch.Tensor) -> torch.Tensor:
    """Where in the list something is true. On a CPU, numpy finds that in a fraction of torch's time."""
    listed = _listed(where)
    return listed.nonzero().flatten() if listed.is_cuda else torch.from_numpy(np.flatnonzero(listed.numpy()))
