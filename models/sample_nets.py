"""The nets that predict samples from those already known: what each will be, and how far off that may be.

A phase of a split has one net. It understands the surroundings of all its places at once; then its colours follow one
another, each knowing by how much the ones before it were off. The prediction is a weighted sum of the neighbours with
weights that the net chooses anew at every place, so it is exact arithmetic on samples of any depth.
"""

from dataclasses import asdict, dataclass

import torch
from torch import nn

from .integer_layers import TrainableConv, first_activations
from .lazy_split import FEWER, NEAREST, NEIGHBOURS, PHASES, Parity, Phase
from .scale_nets import LOG_SCALE_FIRST, NATS_PER_TABLE, Layer, Look, magnitude_levels

PLANES = 3
ONE = 256  # a neighbour's weight of 1; predictions are in units of 1 / ONE
HEAVIEST = 2 * ONE - 1
SHIFT_ONE = 16  # a shift of the prediction by one level
_FARTHEST_SHIFT = 128 * SHIFT_ONE - 1
# No prediction of samples of 8 and of 16 bits goes beyond twice their range.
FARTHEST = {torch.float32: ONE * 2**9, torch.float64: ONE * 2**17}
_NEUTRAL = 128  # the feature of a difference of 0
_SIGNED_REACH = 256  # larger differences have the same feature
CONSTANTS = 2  # coarseness, split
_INPUTS = NEIGHBOURS + (PLANES - 1) * FEWER + PLANES + CONSTANTS
_AROUND = 8  # filters over what is known of each colour before
_START_LOG_SCALE = 0.0

# What a picture is taken to be before anything is learned: weights of the four nearest neighbours, by phase.
STARTS = {
    "mean": {(1, 1): (1, 1, 1, 1), (0, 1): (1, 1, 1, 1), (1, 0): (1, 1, 1, 1)},
    "legall": {(1, 1): (1, 1, 1, 1), (0, 1): (2, 2, 0, 0), (1, 0): (0, 0, 2, 2)},
    "haar": {(1, 1): (4, 0, 0, 0), (0, 1): (4, 0, 0, 0), (1, 0): (0, 0, 4, 0)},
}


@dataclass(frozen=True)
class LosslessConfig:
    """The sizes of the nets; stored beside the weights."""

    width: int = 64
    colour_width: int = 32
    looks: int = 2
    own_splits: int = 2  # so many of the finest splits have nets of their own, all others share one
    start: str = "mean"

    def as_dict(self) -> dict:
        return asdict(self)

    @staticmethod
    def from_dict(values: dict) -> "LosslessConfig":
        return LosslessConfig(**values)


def signed_levels() -> torch.Tensor:
    """Feature of a difference d from -256 to 256: 128 +- 16 log2(1 + |d|). Frozen in the weights: log2 is float."""
    difference = torch.arange(-_SIGNED_REACH, _SIGNED_REACH + 1).double()
    size = (16 * torch.log2(1 + difference.abs())).round().clamp(max=127)
    return (_NEUTRAL + size * difference.sign()).float()


class _Head(nn.Module):
    """One colour of a phase: weights of its neighbours and of the errors before it, a shift, and a scale."""

    def __init__(self, config: LosslessConfig, parity: Parity, colour: int, layer: Layer) -> None:
        super().__init__()
        self.weights = (NEIGHBOURS if colour == 0 else FEWER) + colour
        known = 2 * colour
        inputs = config.width
        if colour:
            self.around = layer(known, known * _AROUND, 3, known)
            self.mix = layer(config.width + known * (1 + _AROUND), config.colour_width)
            inputs = config.colour_width
        units = [float(ONE)] * self.weights + [float(SHIFT_ONE), 1 / NATS_PER_TABLE]
        self.name = layer(inputs, len(units), unit=units)
        if isinstance(self.name, TrainableConv):
            self._start(STARTS[config.start][parity])

    @torch.no_grad()
    def _start(self, quarters: tuple[int, ...]) -> None:
        self.name.weight.zero_()
        self.name.bias.zero_()
        self.name.bias[:NEAREST] = torch.tensor(quarters) / 4
        self.name.bias[-1] = _START_LOG_SCALE - LOG_SCALE_FIRST

    def forward(self, hidden: torch.Tensor, seen: torch.Tensor | None) -> torch.Tensor:
        """`seen` are the features of the colours before, two of each."""
        if seen is not None:
            hidden = self.mix.activated(hidden, seen, self.around.activated(seen))
        return self.name.mixed(hidden, planar=True)


class PhaseNet(nn.Module):
    """What a phase's places mean, and a head for each of its colours."""

    def __init__(self, config: LosslessConfig, phase: Phase, layer: Layer) -> None:
        super().__init__()
        self.reach = max(1, config.looks)  # rows above and below that it looks at, and its heads after it
        self.enter = layer(_INPUTS + config.width + PLANES, config.width)
        self.looks = nn.Sequential(*[Look(config.width, layer) for _ in range(config.looks)])
        self.heads = nn.ModuleList(_Head(config, phase.parity, colour, layer) for colour in range(PLANES))

    def forward(self, *parts: torch.Tensor) -> torch.Tensor:
        return self.looks(self.enter.activated(*parts))


class SampleNets(nn.Module):
    """All splits. `layer` is `IntConv` where files are made and read, `TrainableConv` where the nets are trained."""

    def __init__(self, config: LosslessConfig, layer: Layer) -> None:
        super().__init__()
        self.config = config
        self.register_buffer("signed_levels", signed_levels())
        self.register_buffer("levels", magnitude_levels(1024))
        self.splits = nn.ModuleList(
            nn.ModuleList(PhaseNet(config, phase, layer) for phase in PHASES) for _ in range(config.own_splits + 1)
        )

    def net(self, split: int, phase: int) -> PhaseNet:
        """Splits are counted from the finest, which is 0."""
        return self.splits[min(split, self.config.own_splits)][phase]


class Features:
    """What the nets are shown of numbers, as the kind of activations that they compute with just now."""

    def __init__(self, nets: SampleNets) -> None:
        self.kind = first_activations(nets)
        self._signed, self._sizes = nets.signed_levels.to(self.kind), nets.levels.to(self.kind)
        self._widths = nets.config.width, PLANES

    def signed(self, differences: torch.Tensor) -> torch.Tensor:
        return _lookup(self._signed, differences.clamp(-_SIGNED_REACH, _SIGNED_REACH).add_(_SIGNED_REACH))

    def of_errors(self, errors: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """With and without its sign."""
        return self.signed(errors), _lookup(self._sizes, errors.abs().clamp(max=len(self._sizes) - 1))

    def plain(self, activations: torch.Tensor) -> torch.Tensor:
        """What is from 0 to 255 already."""
        return activations.to(self.kind)

    def nothing(self, batch: int, rows: int, columns: int) -> list[torch.Tensor]:
        """What is carried to the first phase of all."""
        shapes = [(batch, rows, columns, width) for width in self._widths]
        return [self._sizes.new_zeros(shape).permute(0, 3, 1, 2) for shape in shapes]


def _lookup(row: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    """`row[places]` in a fraction of the time."""
    return row.index_select(0, places.int().flatten()).view(places.shape)


def predicted(raw: torch.Tensor, weighed: list[torch.Tensor], base: torch.Tensor, level: int) -> torch.Tensor:
    """The head's numbers, (B, n, h, w), to a prediction in units of 1 / ONE, (B, h, w).

    `weighed` are what the weights belong to, (B, k, h, w) together: the neighbours' differences to `base` and the
    errors of the colours before. A `level` says what the net took for one grey level.

    Whole numbers in, whole numbers out, whatever the order of summation: since no prediction goes beyond twice the
    range of samples, no sum reaches what the dtype of `base` - float32 for 8 bits, float64 for 16 - holds exactly.
    """
    farthest = FARTHEST[base.dtype]
    shift = raw[:, -2].clamp(-_FARTHEST_SHIFT, _FARTHEST_SHIFT).to(base.dtype) * (ONE // SHIFT_ONE * level)
    result = base * ONE + shift
    start = 0
    for values in weighed:
        weights = raw[:, start : start + values.shape[1]].clamp(-HEAVIEST, HEAVIEST).to(base.dtype)
        result = result + (weights * values).sum(dim=1)
        start += values.shape[1]
    return result.clamp(-farthest, farthest)


def upsampled(x: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """Every place four times, and cut to size."""
    last = x.permute(0, 2, 3, 1)
    batch, rows, columns, channels = last.shape
    four = last[:, :, None, :, None].expand(-1, -1, 2, -1, 2, -1).reshape(batch, 2 * rows, 2 * columns, channels)
    return four[:, :height, :width].permute(0, 3, 1, 2)
