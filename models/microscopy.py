"""An autoencoder for stained microscopy: a tile becomes one small picture of whole numbers, and comes back from it.

Encoder and decoder are mirror images: residual blocks at 1/2 and 1/4 of the size, and a code with one channel on the
1/4 grid that people can look at. Beside the nets run straight paths, one linear filter each way: with the nets' last
layers at zero the code is the tile made smaller, and the decoder enlarges and colours it. Training adds to that.

A variational one was trained so that codes in general look like noise, each place normally distributed: so noise is a
code, and new tiles can be drawn.
"""

from dataclasses import asdict, dataclass

import torch
from torch import nn
from torch.nn import functional as F

from .patches import in_patches

CELL = 4  # pixels a side of a place of the code
_CORE = 192  # places a side of what is computed at once
_REACH_OF_THE_REST = 6  # of the layers between the blocks
_MIDDLE, _SPAN = 128.0, 64.0  # samples 0..255 become about -2..2


@dataclass(frozen=True)
class MicroscopyConfig:
    """The sizes of the nets; stored beside the weights."""

    widths: tuple[int, int, int] = (64, 32, 8)  # at 1/2, at 1/4, and beside the code
    blocks: tuple[int, int, int] = (1, 6, 1)
    code_channels: int = 1
    variational: bool = False

    def __post_init__(self) -> None:
        if len(self.widths) != 3 or len(self.blocks) != 3:
            raise ValueError("there must be three widths and three numbers of blocks")
        if min(*self.widths, self.code_channels) < 1 or min(self.blocks) < 0:
            raise ValueError("widths and channels must be at least 1, blocks at least 0")

    def as_dict(self) -> dict:
        return asdict(self)

    @staticmethod
    def from_dict(values: dict) -> "MicroscopyConfig":
        return MicroscopyConfig(**{**values, "widths": tuple(values["widths"]), "blocks": tuple(values["blocks"])})


def _conv(inputs: int, outputs: int) -> nn.Conv2d:
    # Zeros beyond the picture would show as a frame around flat areas.
    return nn.Conv2d(inputs, outputs, 3, padding=1, padding_mode="replicate")


class Halve(nn.Conv2d):
    """To half the size; sides are even."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs, 4, stride=2, padding=1, padding_mode="replicate")


class Enlarge(nn.ConvTranspose2d):
    """To `times` the size with a kernel twice as wide, as if the picture went on at its borders."""

    def __init__(self, inputs: int, outputs: int, times: int = 2, bias: bool = True) -> None:
        super().__init__(inputs, outputs, 2 * times, stride=times, padding=times // 2 + times, bias=bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(F.pad(x, (1, 1, 1, 1), mode="replicate"))


class Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.first, self.second = _conv(width, width), _conv(width, width)
        with torch.no_grad():
            self.second.weight.mul_(0.3)  # so that many of them, one after another, begin tame

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.second(F.silu(self.first(F.silu(x))))


def _residuals(width: int, count: int) -> list[nn.Module]:
    return [Residual(width) for _ in range(count)]


class Microscopy(nn.Module):
    """Pictures of any size; codes (B, code_channels, H/4, W/4), rounded up. An `Autoencoder` of files."""

    channels = 3
    latent_bits = 12
    cell = CELL
    halvings = 3

    def __init__(self, config: MicroscopyConfig) -> None:
        super().__init__()
        self.config, self.latent_dim = config, config.code_channels
        half, quarter, narrow = config.widths
        at_half, at_quarter, at_code = config.blocks
        self.encoder = nn.Sequential(
            Halve(3, half),
            *_residuals(half, at_half),
            Halve(half, quarter),
            *_residuals(quarter, at_quarter),
            _conv(quarter, narrow),
            *_residuals(narrow, at_code),
        )
        self.to_code = nn.Conv2d(narrow, config.code_channels, 1)
        self.decoder = nn.Sequential(
            _conv(config.code_channels, narrow),
            *_residuals(narrow, at_code),
            _conv(narrow, quarter),
            *_residuals(quarter, at_quarter),
            Enlarge(quarter, half),
            *_residuals(half, at_half),
        )
        self.to_samples = Enlarge(half, 3)
        self.shrink = nn.Conv2d(3, config.code_channels, CELL, stride=CELL, bias=False)
        self.enlarge = Enlarge(config.code_channels, 3, CELL, bias=False)
        self.colour = nn.Parameter(torch.zeros(1, 3, 1, 1))
        # Steps of the code's whole numbers a unit. A variational model learns with its prior as the unit, and gets its
        # steps when it is finished.
        first_gain = torch.full((1, config.code_channels, 1, 1), 0.0 if config.variational else 2.5)
        self.log_gain = nn.Parameter(first_gain, requires_grad=not config.variational)
        for last in (self.to_code, self.to_samples):
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)
        self.look_at(torch.zeros(3), torch.eye(3))

    @torch.no_grad()
    def look_at(self, mean: torch.Tensor, axes: torch.Tensor, units: torch.Tensor | float = 1.0) -> None:
        """Let the straight paths carry the first principal axes of colour, rows of `axes`, about a mean colour, in
        units of the code; one for all or (n, 1)."""
        self.colour.copy_(mean.view(1, 3, 1, 1))
        tent = 1 - (torch.arange(2 * CELL) + 0.5 - CELL).abs() / CELL
        ways = (
            (self.shrink.weight, 1 / CELL**2, axes / units),
            (self.enlarge.weight, tent.outer(tent), axes * units),
        )
        for weight, flat, rows in ways:
            weight.zero_()
            for channel, axis in enumerate(rows[: self.config.code_channels]):
                weight[channel] = axis.view(3, 1, 1) * flat

    def values_of(self, samples: torch.Tensor) -> torch.Tensor:
        """The code before it is rounded, of samples (B, 3, H, W) in 0..255."""
        return self.values_and_features_of(samples)[0]

    def values_and_features_of(self, samples: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The same, and what the encoder's blocks made on the way to it, (B, narrow, H/4, W/4)."""
        x = (padded(samples) - _MIDDLE) / _SPAN
        features = self.encoder(x)
        with torch.autocast(x.device.type, enabled=False):  # bfloat16 has fewer digits than codes have
            values = self.shrink(x - self.colour) + self.to_code(features.to(x.dtype))
            return values * self.log_gain.exp(), features

    @property
    def reach(self) -> int:
        """Places of the code, on each side, that one place or its pixels depend on: an upper bound for both ways."""
        at_half, at_quarter, at_code = self.config.blocks
        return at_half + 2 * at_quarter + 2 * at_code + _REACH_OF_THE_REST

    def decoded(self, codes: torch.Tensor) -> torch.Tensor:
        """Codes to samples in 0..255, not yet cropped or clamped."""
        x = codes * (-self.log_gain).exp()
        features = self.decoder(x)
        with torch.autocast(x.device.type, enabled=False):
            return (self.enlarge(x) + self.colour + self.to_samples(features.to(x.dtype))) * _SPAN + _MIDDLE

    @torch.no_grad()
    def codes_of(self, pictures: torch.Tensor) -> torch.Tensor:
        """Of pictures in 0..1; large ones part by part, so that memory stays bounded."""
        values = in_patches(self.values_of, padded(pictures) * 255, _CORE, self.reach, cell=CELL)
        largest = 2 ** (self.latent_bits - 1) - 1
        return values.round_().clamp_(-largest, largest)

    @torch.no_grad()
    def pictures_from(self, codes: torch.Tensor, size: tuple[int, int], halvings: int = 0) -> torch.Tensor:
        """In 0..1, of `size` or halved so many times; large ones part by part."""
        whole = in_patches(self.decoded, codes, _CORE, self.reach, times=CELL)
        pictures = whole[..., : size[0], : size[1]].div_(255).clamp_(0, 1)
        for _ in range(halvings):
            pictures = F.avg_pool2d(pictures, 2, ceil_mode=True, count_include_pad=False)
        return pictures

    @torch.no_grad()
    def new_picture(self, size: tuple[int, int], random: torch.Generator) -> torch.Tensor:
        """In 0..1, made of a code that is drawn from the prior: independent normal numbers."""
        if not self.config.variational:
            raise ValueError("only a variational model says how codes are distributed")
        places = [-(-extent // CELL) for extent in size]
        drawn = torch.randn(1, self.config.code_channels, *places, generator=random).to(self.log_gain.device)
        return self.pictures_from(drawn * self.log_gain.exp(), size)


def padded(samples: torch.Tensor, multiple: int = CELL) -> torch.Tensor:
    """To sides that are multiples of one: the last row and column again."""
    height, width = samples.shape[-2:]
    missing = (0, -width % multiple, 0, -height % multiple)
    return F.pad(samples, missing, mode="replicate") if any(missing) else samples
