"""The training of the lossless model."""

from dataclasses import dataclass

import torch
from torch import nn

from ..integer_layers import TrainableConv
from ..sample_nets import LosslessConfig, SampleNets
from ..weights import LOSSLESS
from .cameras import as_delivered
from .crops_loop import CropsLoop
from .loop import LoopSettings
from .lossless_objective import Shape, bits_per_sample, planes_of
from .origins_made import as_once_stored

_WITH_ERRORS = 0.12  # share of batches that are trained for pictures with a bounded error
_LARGEST_ERROR = 4
_STORED_BEFORE = 0.4  # share of crops that come as a lossy format kept them
_SMALLER = 170  # what is enlarged to that side, as if by a camera
_VALIDATED_SIDE = 256  # of each held-out picture


class Trained(nn.Module):
    """The nets, and the distribution that their scales mean as long as there are no tables."""

    def __init__(self, config: LosslessConfig) -> None:
        super().__init__()
        self.nets = SampleNets(config, TrainableConv)
        self.shape = Shape()


@dataclass(frozen=True, kw_only=True)
class Settings(LoopSettings):
    averaging: float = 0.997


class Trainer(CropsLoop):
    kind = LOSSLESS
    cameras = 0.3
    settings: Settings
    model: Trained

    def config_from(self, values: dict) -> LosslessConfig:
        return LosslessConfig.from_dict(values)

    def build(self) -> Trained:
        return Trained(self.config)

    def loss(self) -> torch.Tensor:
        max_error = 0
        if torch.rand(()).item() < _WITH_ERRORS:
            max_error = int(torch.randint(1, _LARGEST_ERROR + 1, ()))
        planes = torch.stack([self._planes(max_error) for _ in range(self.settings.batch)])
        return bits_per_sample(self.model.nets, self.model.shape, planes, self.settings.bf16, max_error)

    def _planes(self, max_error: int) -> torch.Tensor:
        crop = self.crops.draw()
        if max_error == 0 and torch.rand((), generator=self.crops.random).item() < _STORED_BEFORE:
            return as_once_stored(crop, self.crops.random)
        return planes_of(crop, max_error)

    @torch.no_grad()
    def validate(self) -> str:
        """Bits a sample, by the distribution of training."""
        if not self.validation:
            return "no held-out pictures"
        random = torch.Generator().manual_seed(0)
        crops = [picture[:, :_VALIDATED_SIDE, :_VALIDATED_SIDE].float() for picture in self.validation]
        delivered = [as_delivered(crop[:, :_SMALLER, :_SMALLER], _VALIDATED_SIDE, random) for crop in crops]
        kinds = {
            "bits a sample": [planes_of(crop) for crop in crops],
            "as from cameras": [planes_of(crop) for crop in delivered],
            "as once stored": [as_once_stored(crop, random) for crop in crops],
        }
        found = ", ".join(f"{name} {self._bits_per_sample(planes):.4f}" for name, planes in kinds.items())
        return f"held out at step {self.step}: {found}"

    def _bits_per_sample(self, crops: list[torch.Tensor]) -> float:
        bits, samples = 0.0, 0
        for planes in crops:
            one = planes[None].to(self.device)
            each = bits_per_sample(self.average.nets, self.average.shape, one, self.settings.bf16).item()
            bits, samples = bits + each * one.numel(), samples + one.numel()
        return bits / samples
