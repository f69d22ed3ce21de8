"""The training of the lossy model: each crop at a quality of its own."""

from dataclasses import dataclass
from pathlib import Path

import torch

from ..groups import BLOCK
from ..integer_layers import TrainableConv
from ..lossy import LossyConfig, LossyModel
from ..weights import LOSSY
from . import growth, objective, pictures, warm_start
from .distortion import Distortion, DistortionSettings
from .loop import Loop, LoopSettings

_CORE = (40, 190)  # qualities people use; most crops draw from these, the rest from all
_CORE_SHARE = 0.85
_VALIDATION_QUALITIES = (48, 80, 112, 144, 176)


@dataclass(frozen=True, kw_only=True)
class Settings(DistortionSettings, LoopSettings):
    pristine: tuple[Path, ...]  # without compression noise: drawn more often the higher the quality
    grow_from: str | Path | None = None  # a checkpoint's folder or finished weights to begin with


class Trainer(Loop):
    kind = LOSSY
    settings: Settings
    model: LossyModel

    def config_from(self, values: dict) -> LossyConfig:
        return LossyConfig.from_dict(values)

    def build(self) -> LossyModel:
        return LossyModel(self.config, TrainableConv)

    def load_pictures(self, seed: int) -> str:
        settings = self.settings
        photos, data_hash = pictures.load(list(settings.data))
        pristine, pristine_hash = pictures.load(list(settings.pristine))
        self.validation, _ = pictures.load(list(settings.validation))
        self.photos = pictures.Crops(photos + pristine, settings.crop, seed, self.device)
        self.pristine = pictures.Crops(pristine or photos, settings.crop, seed + 1, self.device)
        self.distortion = Distortion(settings, self.device)
        self.log(f"{len(photos)} pictures, {len(pristine)} pristine, {len(self.validation)} held out")
        return f"{data_hash}+{pristine_hash}"

    def reseed(self, seed: int) -> None:
        self.photos.random.manual_seed(seed)
        self.pristine.random.manual_seed(seed + 1_000_003)

    def begin(self) -> None:
        if self.settings.grow_from:
            growth.grow_from(self.settings.grow_from, self.model)
        else:
            warm_start.initialise(self.model, torch.stack([self.pristine.draw() for _ in range(32)]))

    def loss(self) -> torch.Tensor:
        return objective.evaluate(self.model, *self._batch(), self.settings.bf16, self.distortion).loss

    def _batch(self) -> tuple[torch.Tensor, torch.Tensor]:
        crops, qualities = [], []
        for _ in range(self.settings.batch):
            low, high = _CORE if torch.rand(()).item() < _CORE_SHARE else (0, 255)
            quality = low + (high - low) * torch.rand(()).item()
            wanted = 0.1 + 0.3 * max(0.0, (quality - 100) / 100)
            source = self.pristine if torch.rand(()).item() < wanted or quality > 200 else self.photos
            crops.append(source.draw())
            qualities.append(round(quality))
        return torch.stack(crops), torch.tensor(qualities, device=self.device)

    @torch.no_grad()
    def validate(self) -> str:
        """Rate and PSNR at a few qualities."""
        size = min((min(p.shape[1:]) for p in self.validation), default=0) // BLOCK * BLOCK
        if size < (needed := max(BLOCK, self.distortion.smallest)):
            return f"no held-out pictures of at least {needed} pixels a side"
        crops = torch.stack([p[:, :size, :size] for p in self.validation]).float()
        parts, total = [], 0.0
        for quality in _VALIDATION_QUALITIES:
            rates, errors, losses = [], [], []
            for some in crops.split(8):
                index = torch.full((len(some),), quality, device=self.device)
                outcome = objective.evaluate(
                    self.average, some.to(index.device), index, self.settings.bf16, self.distortion
                )
                rates.append(outcome.bits_per_pixel)
                errors.append(outcome.squared_error)
                losses.append(outcome.loss)
            psnr = 10 * torch.log10(255**2 / torch.cat(errors)).mean()
            parts.append(f"{torch.cat(rates).mean():.4f}/{psnr:.3f}")
            total += torch.stack(losses).mean().item() / len(_VALIDATION_QUALITIES)
        return f"held out at step {self.step}: loss {total:.5f}  bpp/PSNR " + "  ".join(parts)
