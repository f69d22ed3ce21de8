"""The training of the microscopy autoencoder: bits of its code, and the error of what comes back.

Its code is rounded, and costs what neighbours leave open. That of a variational one is drawn, and costs what it tells
beyond what is expected of any tile.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from ..microscopy import CELL, Microscopy, MicroscopyConfig
from ..weights import MICROSCOPY
from .code_rate import CodeRate
from .crops_loop import CropsLoop
from .distortion import Distortion, DistortionSettings
from .loop import LoopSettings
from .posterior import Posterior

_NEUTRAL = 0.01  # the trade-off at which bits count as bits; the size of the loss is what clipping goes by
_BEGUN_WITH = 64  # crops whose colours the straight paths begin with


class Trained(nn.Module):
    """The autoencoder, and what its code is thought to cost."""

    def __init__(self, config: MicroscopyConfig) -> None:
        super().__init__()
        self.nets = Microscopy(config)
        if config.variational:
            self.posterior = Posterior(config.widths[-1], config.code_channels)
        else:
            self.rate = CodeRate(config.code_channels)

    def coded(self, values: torch.Tensor, features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The code that is decoded, and its bits; both have a slope."""
        if self.nets.config.variational:
            return self.posterior(values, features)
        return values + (values.round() - values).detach(), self.rate(values + torch.rand_like(values) - 0.5)

    def coded_for_good(self, rgb: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The code of a picture as a file has it, and its bits. How a variational one is rounded is not known yet, so
        that of it is drawn here, too: rounding will do as much harm."""
        if self.nets.config.variational:
            return self.posterior(*self.nets.values_and_features_of(rgb))
        codes = self.nets.codes_of(rgb / 255)
        return codes, self.rate(codes)


@dataclass(frozen=True, kw_only=True)
class Settings(DistortionSettings, LoopSettings):
    trade_off: float = 0.1  # bits a pixel that one unit of squared error (0..255) is worth


class Trainer(CropsLoop):
    kind = MICROSCOPY
    settings: Settings
    model: Trained

    def __init__(self, settings: Settings, config: MicroscopyConfig, log: Callable[[str], None] = print) -> None:
        super().__init__(settings, config, log)
        if config.variational and not self.config.variational:
            raise ValueError(f"the checkpoint in {settings.output} is not of a variational model")

    def config_from(self, values: dict) -> MicroscopyConfig:
        return MicroscopyConfig.from_dict(values)

    def build(self) -> Trained:
        return Trained(self.config)

    def load_pictures(self, seed: int) -> str:
        self.distortion = Distortion(self.settings, self.device)
        return super().load_pictures(seed)

    def begin(self) -> None:
        """The straight paths carry the axis along which the colours of the pictures differ most."""
        colours = torch.stack([self.crops.draw() for _ in range(_BEGUN_WITH)]).cpu()
        colours = ((colours - 128) / 64).permute(0, 2, 3, 1).reshape(-1, 3)
        mean = colours.mean(dim=0)
        variances, axes = torch.linalg.eigh((colours - mean).T @ (colours - mean) / len(colours))
        spreads = variances.clamp(min=1e-4).sqrt().flip(0)[:, None]
        self.model.nets.look_at(mean, axes.T.flip(0), spreads if self.config.variational else 1.0)

    def loss(self) -> torch.Tensor:
        rgb = self.drawn().contiguous(memory_format=torch.channels_last)
        autocast = torch.autocast(rgb.device.type, torch.bfloat16, enabled=self.settings.bf16)
        with autocast:
            values, features = self.model.nets.values_and_features_of(rgb)
        codes, bits = self.model.coded(values, features)
        with autocast:
            decoded = self.model.nets.decoded(codes)
        bits_per_pixel = bits.sum() / (rgb.numel() / 3)
        weight, distortion = self.settings.trade_off, self.distortion(decoded, rgb).mean()
        return (bits_per_pixel + weight * distortion) / (weight / _NEUTRAL) ** 0.5

    @torch.no_grad()
    def validate(self) -> str:
        """Estimated rate, and PSNR of rounded samples, means over pictures."""
        if not self.validation:
            return "no held-out pictures"
        rates, psnrs = [], []
        for picture in self.validation:
            rgb = picture[None].float().to(self.device)
            codes, bits = self.average.coded_for_good(rgb)
            back = self.average.nets.pictures_from(codes, rgb.shape[-2:]).mul(255).round()
            rates.append(bits.sum() / (rgb.numel() / 3))
            psnrs.append(10 * torch.log10(255**2 / (back - rgb).square().mean().clamp(min=1e-3)))
        rate, psnr = torch.stack(rates).mean().item(), torch.stack(psnrs)
        return (
            f"held out at step {self.step}: about {rate:.4f} bpp ({rate * CELL**2:.2f} bits a symbol), "
            f"PSNR {psnr.mean().item():.3f}, worst {psnr.min().item():.2f}"
        )
