"""Begin as a classical codec: nets that add nothing, tables that follow the measured spread of every channel."""

import math

import torch

from .. import colour, wavelet
from ..groups import FINE, PLANES
from ..integer_layers import TrainableConv
from ..lossy import LossyModel
from ..pyramid import analyse
from ..quantiser import RATE_INDICES, step
from ..scale_nets import LOG_SCALE_FIRST

_SCALE_OF_SPREAD = 0.4  # a logistic scale for wavelet details with standard deviation 1: heavy tails, so below 0.55


@torch.no_grad()
def spreads(crops: torch.Tensor) -> list[torch.Tensor]:
    """Standard deviation of each channel of each group, from (B, 3, H, W) crops."""
    coefficients = wavelet.analyse(colour.to_planes(crops))
    low, *fine = coefficients.split([PLANES, *FINE], dim=1)
    return [x.square().mean(dim=(0, 2, 3)).sqrt().clamp(min=0.05) for x in [*analyse(low), *fine]]


@torch.no_grad()
def initialise(model: LossyModel, crops: torch.Tensor) -> None:
    """Set the heads of the scale nets so that every channel's scale follows spread / step at every quality."""
    first, last = (math.log(step(index)) for index in (0, RATE_INDICES - 1))
    per_index = (first - last) / (RATE_INDICES - 1)  # log step falls linearly with the quality
    for net, spread in zip(model.scale_nets.nets, spreads(crops), strict=True):
        start = torch.log(_SCALE_OF_SPREAD * spread) - first - LOG_SCALE_FIRST  # nats above the first table
        for stage in (net.first, net.second):
            stage.head.weight.mul_(0.02)
            stage.head.weight[:, -1, 0, 0] = per_index * TrainableConv.UNIT
            stage.head.bias.copy_(start)
            for look in stage.looks:
                look.mix.weight.mul_(0.3)
