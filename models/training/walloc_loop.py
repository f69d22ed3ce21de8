"""The training of WaLLoC's slim codec, with the size of the file in the loss."""

from dataclasses import asdict, dataclass

import torch
from torch import nn

from ..walloc.bottleneck import slope_at_zero
from ..walloc.codecs import Slim2D
from ..weights import WALLOC
from .crops_loop import CropsLoop
from .loop import LoopSettings
from .plane_rate import PlaneRate

_STATISTICS = 400  # crops that the first matrices are made from
_STEP_SQUARED = 26.0  # times the trade-off: the first step of the quantiser, squared, in grey levels


@dataclass(frozen=True)
class SlimConfig:
    """The sizes of a slim codec."""

    channels: int = 3
    J: int = 3
    Nd: int = 192
    blocks: int = 6
    latent_dim: int = 12
    latent_bits: int = 8

    def as_dict(self) -> dict:
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Settings(LoopSettings):
    trade_off: float = 0.012  # bits a pixel that one unit of squared error (0..255) is worth


class Trained(nn.Module):
    """The codec, and what training knows of the coder."""

    def __init__(self, config: SlimConfig) -> None:
        super().__init__()
        self.codec = Slim2D(**config.as_dict())
        self.rate = PlaneRate(config.latent_dim)


class Trainer(CropsLoop):
    kind = WALLOC
    settings: Settings
    config: SlimConfig
    model: Trained

    def config_from(self, values: dict) -> SlimConfig:
        return SlimConfig(**values)

    def build(self) -> Trained:
        return Trained(self.config)

    @torch.no_grad()
    def begin(self) -> None:
        """The directions in which packets vary most, at the step that suits the trade-off; and the way back."""
        codec = self.model.codec
        packets = codec.packets_of(torch.cat([_samples(self.crops.draw()[None]) for _ in range(_STATISTICS)]))
        places = packets.movedim(1, -1).flatten(0, -2).double()
        directions = torch.linalg.eigh(places.T @ places / len(places)).eigenvectors.flip(1)
        directions = directions[:, : self.config.latent_dim].T.float()  # (latent_dim, packets)
        step = (_STEP_SQUARED / self.settings.trade_off) ** 0.5 / 255
        scale = 1 / (step * slope_at_zero(self.config.latent_bits))
        enter, plain = codec.encoder[0], codec.decoder[1].plain
        enter.weight.copy_((directions * scale)[..., None, None])
        plain.weight.copy_((directions.T / scale)[..., None, None])
        nn.init.zeros_(enter.bias)
        nn.init.zeros_(plain.bias)

    def loss(self) -> torch.Tensor:
        rate, error = self._evaluated(self.model, self.drawn())
        return (rate + self.settings.trade_off * error).mean()

    def _evaluated(self, model: Trained, crops: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Bits a pixel and squared error (0..255) of each crop."""
        samples = _samples(crops)
        values = model.codec.encoder[:2](model.codec.packets_of(samples))
        rate = model.rate(values) / (crops.shape[-1] * crops.shape[-2])
        codes = values + (values.round() - values).detach()
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.settings.bf16):
            decoded = model.codec.decoder[1](model.codec.decoder[0](codes.float()))
        back = model.codec.wavelet_synthesis(decoded.float(), self.config.J)
        error = (back - samples).square().mean(dim=(1, 2, 3)) * 255**2
        return rate, error

    @torch.no_grad()
    def validate(self) -> str:
        """Rate, PSNR and loss."""
        if not self.validation:
            return "no held-out pictures"
        side = min(min(p.shape[1:]) for p in self.validation) >> self.config.J << self.config.J
        crops = torch.stack([p[:, :side, :side] for p in self.validation]).float()
        outcomes = [self._evaluated(self.average, some.to(self.device)) for some in crops.split(8)]
        rates, errors = (torch.cat(column) for column in zip(*outcomes, strict=True))
        psnr = (10 * torch.log10(255**2 / errors)).mean()
        loss = (rates + self.settings.trade_off * errors).mean()
        return f"held out at step {self.step}: loss {loss:.5f}  bpp/PSNR {rates.mean():.4f}/{psnr:.3f}"


def _samples(crops: torch.Tensor) -> torch.Tensor:
    """0..255 to what a codec takes."""
    return crops / 255 - 0.5
