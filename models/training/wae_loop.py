"""The first stage of the wavelet-like auto-encoder: the transform alone, from pictures without labels."""

from dataclasses import dataclass

import torch

from ..wae.energy import high_share
from ..wae.nets import Wae, WaeConfig, to_unit
from ..wae.objective import evaluate
from ..weights import WAE
from . import labelled
from .crops_loop import CropsLoop
from .loop import LoopSettings

ENERGY_WEIGHT = 0.1


@dataclass(frozen=True, kw_only=True)
class Settings(LoopSettings):
    energy_weight: float = ENERGY_WEIGHT


class Trainer(CropsLoop):
    kind = WAE
    settings: Settings
    model: Wae

    def config_from(self, values: dict) -> WaeConfig:
        return WaeConfig.from_dict(values)

    def build(self) -> Wae:
        return Wae(self.config)

    def learned_pictures(self) -> tuple[list[torch.Tensor], str]:
        return labelled.training_pictures(self.settings.data)

    def loss(self) -> torch.Tensor:
        crops = to_unit(self.drawn()).contiguous(memory_format=torch.channels_last)
        return evaluate(self.model, crops, self.settings.energy_weight, self.settings.bf16).loss

    @torch.no_grad()
    def validate(self) -> str:
        """PSNR of what comes back, and how much is in the high half: means over the pictures' middles."""
        errors, shares = [], []
        for picture in self.validation:
            height, width = (extent // 2 * 2 for extent in picture.shape[1:])
            if min(height, width) < 2:
                continue
            outcome = evaluate(self.average, to_unit(picture[None, :, :height, :width].to(self.device)), 0.0)
            errors.append(outcome.squared_error)
            shares.append(high_share(outcome.low, outcome.high))
        if not errors:
            return f"step {self.step}: no held-out pictures"
        psnr = 10 * torch.log10(4 / torch.cat(errors)).mean()
        share = 100 * sum(shares) / len(shares)
        return f"held out at step {self.step}: {psnr:.2f} dB, {share:.3f} % of the energy in the high half"
