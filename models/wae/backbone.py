"""A small residual net that makes features of a picture, or of whatever else lies on a grid."""

from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True)
class BackboneConfig:
    planes: int  # that come in
    widths: tuple[int, ...] = (32, 64, 128)  # of the stages; each after the first works on half the grid
    doubling: bool = False  # whether the first layer makes the grid twice as fine, not half as fine

    def narrower(self, planes: int, times: int) -> "BackboneConfig":
        """The same net with so many times fewer channels, for another input."""
        return BackboneConfig(planes, tuple(width // times for width in self.widths), self.doubling)


class Backbone(nn.Module):
    """(B, planes, H, W) to (B, last width)."""

    def __init__(self, config: BackboneConfig) -> None:
        super().__init__()
        self.width = config.widths[-1]
        first = config.widths[0]
        enter = (
            nn.ConvTranspose2d(config.planes, first, 2, 2, bias=False)
            if config.doubling
            else nn.Conv2d(config.planes, first, 3, 2, 1, bias=False)
        )
        self.stem = nn.Sequential(enter, nn.BatchNorm2d(first), nn.ReLU())
        pairs = zip((first, *config.widths), config.widths, strict=False)
        self.stages = nn.Sequential(*[_Stage(a, b, 1 if number == 0 else 2) for number, (a, b) in enumerate(pairs)])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.stages(self.stem(x)).mean(dim=(2, 3))


class _Stage(nn.Module):
    """Two convolutions and a way around them."""

    def __init__(self, planes_in: int, planes: int, stride: int) -> None:
        super().__init__()
        self.way = nn.Sequential(
            nn.Conv2d(planes_in, planes, 3, stride, 1, bias=False),
            nn.BatchNorm2d(planes),
            nn.ReLU(),
            nn.Conv2d(planes, planes, 3, 1, 1, bias=False),
            nn.BatchNorm2d(planes),
        )
        around: list[nn.Module] = [nn.AvgPool2d(2, ceil_mode=True)] if stride == 2 else []
        if stride == 2 or planes_in != planes:
            around += [nn.Conv2d(planes_in, planes, 1, bias=False), nn.BatchNorm2d(planes)]
        self.around = nn.Sequential(*around)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.way(x) + self.around(x))


def without_norms(net: nn.Module) -> nn.Module:
    """A net in evaluation mode with each batch norm folded into the convolution before it: the same, but faster."""
    for child in net.children():
        without_norms(child)
    if isinstance(net, nn.Sequential):
        layers: list[nn.Module] = []
        for layer in net:
            if isinstance(layer, nn.BatchNorm2d) and layers and isinstance(layers[-1], nn.Conv2d):
                layers[-1] = nn.utils.fuse_conv_bn_eval(layers[-1], layer)
            else:
                layers.append(layer)
        net._modules.clear()
        for number, layer in enumerate(layers):
            net.add_module(str(number), layer)
    return net
