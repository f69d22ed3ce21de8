"""What stands before a classifier's nets: the picture itself, a smaller one, or its halves."""

import torch
from torch import nn

from .backbone import BackboneConfig
from .classifier import OneNet, TwoNets
from .nets import PLANES, Wae, WaeConfig
from .transforms import CDF_9_7, fixed

NARROWER = 4
FULL, HALF, WAVELET, LEARNED = "full", "half", "9/7", "wae"
FRONTS = (FULL, HALF, WAVELET, LEARNED)


class Resized(nn.Module):
    """Half of the width and height: each pixel the mean of four."""

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        return nn.functional.avg_pool2d(picture, 2)


class FixedSplit(nn.Module):
    """The 9/7 wavelet's low band, and its three details."""

    def forward(self, picture: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        low, high = fixed(CDF_9_7).split(picture)
        return low, high.contiguous(memory_format=torch.channels_last)


class LearnedSplit(nn.Module):
    """A trained transform, of which only the encoder is needed to see, but the decoder is kept to train on."""

    def __init__(self, wae: Wae) -> None:
        super().__init__()
        self.wae = wae

    def forward(self, picture: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return self.wae.split(picture)


class Classifier(nn.Module):
    """Pictures, (B, 3, H, W) in -1..1 with even sides, to scores of classes, (B, classes)."""

    def __init__(self, front: str, backbone: BackboneConfig, classes: int, wae: WaeConfig | None = None) -> None:
        super().__init__()
        bands = {WAVELET: 3, LEARNED: 1}.get(front)
        self.front: nn.Module = {
            FULL: nn.Identity,
            HALF: Resized,
            WAVELET: FixedSplit,
            LEARNED: lambda: LearnedSplit(Wae(wae or WaeConfig())),
        }[front]()
        if bands is None:
            self.nets: nn.Module = OneNet(backbone, classes)
        else:
            self.nets = TwoNets(backbone, backbone.narrower(bands * PLANES, NARROWER), classes)

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        seen = self.front(picture)
        return self.nets(*seen) if isinstance(seen, tuple) else self.nets(seen)
