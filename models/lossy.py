"""The lossy model: everything between planes of a picture and groups of values to be rounded, in both directions."""

from dataclasses import asdict, dataclass

import torch
from torch import nn

from . import pyramid, wavelet
from .correction_net import COEFFICIENTS, CorrectionNet
from .groups import FINE, GROUPS, PLANES
from .quantiser import Gains, step
from .scale_nets import Layer, ScaleNets

_CORRECTION_LIMIT = 3.0  # of new models, in steps; shipped ones have what suits their own validation pictures


@dataclass(frozen=True)
class LossyConfig:
    """The sizes of the nets; stored beside the weights."""

    encoder_width: int = 128
    encoder_blocks: int = 1
    decoder_width: int = 128
    decoder_blocks: int = 2
    scale_widths: tuple[int, ...] = (32, 32, 48, 64, 80, 112)
    scale_looks: int = 1  # of first passes
    second_looks: int | None = None  # of second passes; None: as many

    def __post_init__(self) -> None:
        if len(self.scale_widths) != len(GROUPS):
            raise ValueError(f"there must be {len(GROUPS)} scale nets, not {len(self.scale_widths)}")

    def as_dict(self) -> dict:
        return asdict(self)

    @staticmethod
    def from_dict(values: dict) -> "LossyConfig":
        return LossyConfig(**{**values, "scale_widths": tuple(values["scale_widths"])})


class LossyModel(nn.Module):
    """Values are in steps: what the quantiser rounds. A value group has shape (B, channels, h >> shift, w >> shift)."""

    def __init__(self, config: LossyConfig, layer: Layer) -> None:
        super().__init__()
        self.config = config
        self.encoder_net = CorrectionNet(config.encoder_width, config.encoder_blocks)
        self.decoder_net = CorrectionNet(config.decoder_width, config.decoder_blocks)
        self.gains = Gains()
        looks = config.scale_looks, config.scale_looks if config.second_looks is None else config.second_looks
        self.scale_nets = ScaleNets(config.scale_widths, looks, layer)
        self.register_buffer("correction_limit", torch.tensor([_CORRECTION_LIMIT]))

    def coefficients_of(self, planes: torch.Tensor, rate_index: torch.Tensor) -> torch.Tensor:
        """Planes (B, 3, H, W) to corrected wavelet coefficients in steps, (B, 192, H/8, W/8)."""
        return self.correct_for_coding(wavelet.analyse(planes), rate_index)

    def correct_for_coding(self, coefficients: torch.Tensor, rate_index: torch.Tensor) -> torch.Tensor:
        """Wavelet coefficients in grey levels to corrected ones in steps."""
        x = coefficients / _step(rate_index, coefficients)
        return self._limited(self.encoder_net(x, rate_index).to(x.dtype)).add_(x)

    def values_of(self, coefficients: torch.Tensor, rate_index: torch.Tensor) -> list[torch.Tensor]:
        """Coefficients to one tensor of values a group, coarse to fine."""
        low, *fine = coefficients.split([PLANES, *FINE], dim=1)
        return [x * gain for x, gain in zip([*pyramid.analyse(low), *fine], self.gains(rate_index), strict=True)]

    def coefficients_from(self, symbols: list[torch.Tensor], rate_index: torch.Tensor) -> torch.Tensor:
        """The inverse of `values_of`, on symbols."""
        return torch.cat(dequantised(symbols, self.gains(rate_index)), dim=1)

    def corrected(self, coefficients: torch.Tensor, rate_index: torch.Tensor) -> torch.Tensor:
        """Decoded coefficients in steps to corrected ones in grey levels, ready for synthesis."""
        x = self._limited(self.decoder_net(coefficients, rate_index).to(coefficients.dtype)).add_(coefficients)
        return x.mul_(_step(rate_index, x))

    def _limited(self, correction: torch.Tensor) -> torch.Tensor:
        """In place. Where a picture is like none in training the nets may go astray, but never far."""
        limit = float(self.correction_limit)
        return correction.clamp_(-limit, limit)


assert PLANES + sum(FINE) == COEFFICIENTS


def dequantised(symbols: list[torch.Tensor], gains: list[torch.Tensor]) -> list[torch.Tensor]:
    """Symbols to coefficients in steps: the three low channels, then the finer groups that are there."""
    groups = [x / gain for x, gain in zip(symbols, gains, strict=False)]
    return [pyramid.synthesise(groups[: pyramid.LEVELS]), *groups[pyramid.LEVELS :]]


def _step(rate_index: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    return step(rate_index).to(like).view(-1, 1, 1, 1)
