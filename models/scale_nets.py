"""The nets that say, from symbols already known, which table codes each symbol that comes next.

One net a group, coarse to fine. Each runs two passes: the first half of its symbols is coded from coarser groups alone,
the second half also from the first. What a net has understood is carried on to the next finer one.
"""

from collections.abc import Callable
from functools import lru_cache

import torch
from torch import nn
from torch.nn import functional as F

from .groups import GROUPS, first_half
from .integer_layers import IntConv, TrainableConv, first_activations
from .quick_integers import BYTE

TABLES = 64
NATS_PER_TABLE = 0.127  # neighbouring tables differ in scale by 13.5 %
LOG_SCALE_FIRST = -3.0
_CONSTANTS = 2  # input channels: quality, parity

Layer = Callable[..., nn.Module]


def magnitude_levels(count: int = 4096) -> torch.Tensor:
    """Feature of a symbol by magnitude: 32 log2(1 + m), at most 255. Frozen in the weights, since log2 is float."""
    return (32 * torch.log2(1 + torch.arange(count).double())).round().clamp(0, 255).float()


def features(symbols: torch.Tensor, levels: torch.Tensor) -> torch.Tensor:
    return lookup(levels, symbols.abs().clamp_(max=len(levels) - 1).int())


def lookup(row: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    """`row[places]` in a fraction of the time: as one long list, in the order in which channels_last keeps `places`."""
    if places.dim() < 2:
        return row.index_select(0, places.reshape(-1)).view(places.shape)
    listed = places.movedim(1, -1)
    return row.index_select(0, listed.reshape(-1)).view(listed.shape).movedim(-1, 1)


@lru_cache(maxsize=24)  # tiles of four shapes; each keeps twice as much as its symbols
def half_as_factor(
    channels: int, height: int, width: int, device: torch.device, dtype: torch.dtype = torch.float32
) -> tuple[torch.Tensor, torch.Tensor]:
    """1 in the first half and 0 in the second, and the other way round, to multiply with: bools would take longer."""
    first = first_half(channels, height, width, device).to(dtype).contiguous(memory_format=torch.channels_last)
    return first, 1 - first


def join_channels(*parts: torch.Tensor) -> torch.Tensor:
    """Channels side by side, channels_last. Left to itself `torch.cat` often forgets that layout in a batch of one, and
    what it made would be copied once more."""
    return torch.cat([part.permute(0, 2, 3, 1) for part in parts], dim=-1).permute(0, 3, 1, 2)


def _upsample(x: torch.Tensor) -> torch.Tensor:
    return F.interpolate(x, scale_factor=2.0, mode="nearest")


class Look(nn.Module):
    """One residual look at the eight places around."""

    def __init__(self, width: int, layer: Layer) -> None:
        super().__init__()
        self.around = layer(width, width, 3, width)
        self.mix = layer(width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.mix.added_to(x, self.around.activated(x))


class _Pass(nn.Module):
    """A mixing layer, looks around, and the head that names a table for each channel."""

    def __init__(self, inputs: int, width: int, looks: int, outputs: int, layer: Layer) -> None:
        super().__init__()
        self.enter = layer(inputs, width)
        self.looks = nn.Sequential(*[Look(width, layer) for _ in range(looks)])
        self.head = layer(width + 1, outputs, unit=1 / NATS_PER_TABLE)

    def forward(self, x: torch.Tensor, quality: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """What it has understood, and an index for each channel: as bytes at least right from 0 to the last table."""
        x = self.looks(self.enter.activated(x))
        known = join_channels(x, quality)
        return x, self.head.activated(known) if x.dtype == BYTE else self.head(known)


class GroupNet(nn.Module):
    """Both passes of one group, each with its number of looks."""

    def __init__(self, known: int, width: int, looks: tuple[int, int], channels: int, layer: Layer) -> None:
        super().__init__()
        self.first = _Pass(known + _CONSTANTS, width, looks[0], channels, layer)
        self.second = _Pass(width + channels + _CONSTANTS, width, looks[1], channels, layer)


class ScaleNets(nn.Module):
    """All groups. `layer` is `IntConv` where files are made and read, `TrainableConv` where the nets are trained."""

    def __init__(self, widths: tuple[int, ...], looks: tuple[int, int], layer: Layer) -> None:
        super().__init__()
        self.widths, self.looks = widths, looks
        self.register_buffer("levels", magnitude_levels())
        known = [0] + [width + group.channels for width, group in zip(widths, GROUPS, strict=True)]
        self.nets = nn.ModuleList(
            GroupNet(known[i], width, looks, group.channels, layer)
            for i, (width, group) in enumerate(zip(widths, GROUPS, strict=True))
        )

    def without_rounding(self) -> None:
        """Turn trainable nets into their float twins."""
        for module in self.modules():
            if isinstance(module, TrainableConv):
                module.rounding = False

    def start(self, rate_index: torch.Tensor, height: int, width: int) -> "Context":
        """A fresh context for tiles of `height` by `width` places on the 1/8 grid, with a quality for each."""
        return Context(self, rate_index, height, width)


class Context:
    """A walk through the groups: for each `first()`, `second(symbols of the first half)`, `take(all symbols)`."""

    def __init__(self, nets: ScaleNets, rate_index: torch.Tensor, height: int, width: int) -> None:
        self.nets = nets
        self.levels = nets.levels.to(first_activations(nets))
        self.quality = rate_index.to(self.levels.dtype).view(-1, 1, 1, 1)
        self.height, self.width = height, width
        self.group = 0
        self.known: tuple[torch.Tensor, ...] = ()

    def _features(self, symbols: torch.Tensor) -> torch.Tensor:
        return features(symbols, self.levels)

    def _constants(self) -> torch.Tensor:
        quality = self.quality.expand(-1, 1, *self.grid)
        parity = first_half(1, *self.grid, device=quality.device).to(quality.dtype) * 255
        return join_channels(quality, parity.expand_as(quality))

    def first(self) -> torch.Tensor:
        """Table indices (training: unrounded) for the group's first half, as if for all of its symbols."""
        shift = GROUPS[self.group].shift
        self.grid = (self.height >> shift, self.width >> shift)
        self.constants = self._constants()
        x = join_channels(self.constants, *self.known)
        self.hidden, index = self.nets.nets[self.group].first(x, self.constants[:, :1])
        return index

    def second(self, symbols: torch.Tensor) -> torch.Tensor:
        """The same for the second half; of `symbols` only those of the first half are looked at."""
        mask, _ = half_as_factor(GROUPS[self.group].channels, *self.grid, symbols.device, self.levels.dtype)
        x = join_channels(self.constants, self.hidden, self._features(symbols) * mask)
        self.hidden, index = self.nets.nets[self.group].second(x, self.constants[:, :1])
        return index

    def take(self, symbols: torch.Tensor) -> None:
        """All symbols of the group are known; go on to the next."""
        if self.group + 1 < len(GROUPS):
            known = self.hidden, self._features(symbols)
            finer = GROUPS[self.group + 1].shift < GROUPS[self.group].shift
            self.known = tuple(map(_upsample, known)) if finer else known
        self.group += 1


def table_index(raw: torch.Tensor) -> torch.Tensor:
    """Integers of the head to 0..63."""
    return raw.clamp(0, TABLES - 1)


def log_scale(raw: torch.Tensor) -> torch.Tensor:
    """What an index stands for in training: the logarithm of a logistic distribution's scale."""
    return LOG_SCALE_FIRST + NATS_PER_TABLE * table_index(raw)


def export(trained: ScaleNets) -> ScaleNets:
    """The integer nets that compute what `trained` computes, proven exact."""
    exact = ScaleNets(trained.widths, trained.looks, IntConv)
    exact.levels.copy_(trained.levels)
    for name, module in trained.named_modules():
        if isinstance(module, TrainableConv):
            target = exact.get_submodule(name)
            target.load_state_dict(module.export())
            target.prepare()
    return exact.eval()
