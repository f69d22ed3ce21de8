"""What a tile's symbols cost, and what each of them makes its neighbours cost.

A symbol is paid for twice: once by itself, and once by all that are coded after it and have their tables named by what
they saw of it. The second part is a slope through the integer nets.
"""

from dataclasses import dataclass

import torch

from .groups import GROUPS, first_half
from .lossy import LossyModel
from .scale_nets import TABLES, Context, ScaleNets, features, table_index
from .table_sets import SETS, tables_named


@dataclass(frozen=True)
class CodeLength:
    """Of one tile, group by group."""

    bits: float
    indices: list[torch.Tensor]  # the table of each symbol
    pressure: list[torch.Tensor]  # bits that others gain for each unit that a symbol's feature grows


class _Watched(Context):
    """A walk that keeps the features of every group, so that slopes can be asked for."""

    def __init__(self, nets: ScaleNets, rate_index: torch.Tensor, height: int, width: int) -> None:
        super().__init__(nets, rate_index, height, width)
        self.seen: list[torch.Tensor] = []

    def _features(self, symbols: torch.Tensor) -> torch.Tensor:
        if len(self.seen) == self.group:
            self.seen.append(features(symbols, self.nets.levels).requires_grad_())
        return self.seen[self.group]


def code_length(model: LossyModel, symbols: list[torch.Tensor], rate_index: int, bits: torch.Tensor) -> CodeLength:
    """Of symbols (1, C, h, w) each, by the tables that a reader will use."""
    slopes = torch.gradient(bits.unflatten(0, (SETS, TABLES)), dim=1)[0].flatten()  # from scale to scale
    device = symbols[-1].device
    quality = torch.full((1,), rate_index, device=device)
    total = torch.zeros((), dtype=torch.float64, device=device)
    steered = torch.zeros((), device=device)
    indices = []
    with torch.enable_grad():
        context = _Watched(model.scale_nets, quality, *symbols[-1].shape[-2:])
        for group, symbol in zip(GROUPS, symbols, strict=True):
            mask = first_half(group.channels, *symbol.shape[-2:], device=device)
            raw = torch.where(mask, context.first(), context.second(symbol))
            context.take(symbol)
            index = tables_named(group, raw.detach())
            place = index * bits.shape[1] + symbol.abs().clamp(max=bits.shape[1] - 1).long()
            total += bits.flatten()[place].sum(dtype=torch.float64)
            # Inside the range of tables only: a clamped index does not move. The slope of a line through both
            # neighbours of a table is steadier than the step to one of them.
            steered = steered + (table_index(raw) * slopes[place]).sum()
            indices.append(index)
        pressure = torch.autograd.grad(steered, context.seen, allow_unused=True)
    none = (torch.zeros_like(seen) for seen in context.seen)
    return CodeLength(float(total), indices, [zero if p is None else p for p, zero in zip(pressure, none, strict=True)])
