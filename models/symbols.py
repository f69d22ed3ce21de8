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


# Told whether it is the second half's turn, and which tables code it, gives all symbols known by then, 0 elsewhere.
Pick = Callable[[bool, torch.Tensor], torch.Tensor]


def choose_symbols(
    model: LossyModel, values: list[torch.Tensor], rate_index: int, bits: torch.Tensor
) -> list[GroupSymbols]:
    """`bits[table, magnitude]` is what a symbol costs; larger magnitudes cost as much as the last."""
    return _walk(model, values, rate_index, lambda value, weight: _chooser(value, weight, bits))


def with_indices(model: LossyModel, symbols: list[torch.Tensor], rate_index: int) -> list[GroupSymbols]:
    """Symbols that are chosen already, and the tables that code them."""
    return _walk(model, symbols, rate_index, lambda symbol, _: lambda second, index: symbol)


def _chooser(value: torch.Tensor, weight: torch.Tensor, bits: torch.Tensor) -> Pick:
    """There is nothing to choose for the many values that are nearest to zero: only the others are looked at."""
    listed = _listed(value)
    symbols = torch.zeros_like(listed)
    in_first, _ = half_as_factor(*value.shape[1:], value.device, torch.uint8)
    halves = _places_to_choose(listed, _listed(in_first.expand_as(value)))
    weights = weight.flatten()

    def pick(second: bool, index: torch.Tensor) -> torch.Tensor:
        own = halves[second]
        here, tables = (x.index_select(0, own) for x in (listed, _listed(index)))
        chosen = choose(here, costs(bits, tables), weights.index_select(0, own % len(weights)))
        return _unlisted(symbols.scatter_(0, own, chosen), value)

    return pick


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
def _walk(
    model: LossyModel,
    values: list[torch.Tensor],
    rate_index: int,
    picking: Callable[[torch.Tensor, torch.Tensor], Pick],
) -> list[GroupSymbols]:
    """`picking` is given the values of a group and the worth of their errors."""
    batch, _, height, width = values[-1].shape
    device = values[-1].device
    context = model.scale_nets.start(torch.full((batch,), rate_index, device=device), height, width)
    weights = error_weights(model, rate_index, device)
    result = []
    for group, value, weight in zip(GROUPS, values, weights, strict=True):
        pick = picking(value, weight)
        first = table_index(context.first()).to(torch.uint8).add_(first_table(group, second=False))
        symbols = pick(False, first)
        second = table_index(context.second(symbols)).to(torch.uint8).add_(first_table(group, second=True))
        symbols = pick(True, second)
        context.take(symbols)
        in_first, in_second = half_as_factor(*value.shape[1:], device, torch.uint8)
        result.append(GroupSymbols(group, symbols, first * in_first + second * in_second))
    return result


def _listed(x: torch.Tensor) -> torch.Tensor:
    """(B, C, h, w) as one long list, in the order in which channels_last keeps it."""
    return x.movedim(1, -1).reshape(-1)


def _unlisted(listed: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """The inverse, in the shape of `like`, of the same memory."""
    return listed.view(like.movedim(1, -1).shape).movedim(-1, 1)


def _places_to_choose(values: torch.Tensor, in_first: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Where a list has values that may become anything but zero, in the first half and in the second.

    On a CPU, numpy finds that in a third of torch's time.
    """
    if values.is_cuda:
        far = values.abs() > 0.5
        return (far & (in_first == 1)).nonzero().flatten(), (far & (in_first == 0)).nonzero().flatten()
    places = np.flatnonzero(np.abs(values.numpy()) > 0.5)
    first = in_first.numpy().take(places) == 1
    return torch.from_numpy(places.compress(first)), torch.from_numpy(places.compress(~first))
