"""The nets of WaLLoC's picture codecs: encoder and decoder of a KL autoencoder with one block, at one resolution.

Tensors have the names that diffusers gives them, so that published checkpoints load as they are.
"""

import torch
from torch import nn
from torch.nn import functional as F

NORM_GROUPS = 32
_EPSILON = 1e-6


def _norm(width: int) -> nn.GroupNorm:
    return nn.GroupNorm(NORM_GROUPS, width, eps=_EPSILON)


def _conv(inputs: int, outputs: int) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 3, padding=1)


class Resnet(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm1, self.conv1 = _norm(width), _conv(width, width)
        self.norm2, self.conv2 = _norm(width), _conv(width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        inner = self.conv1(F.silu(self.norm1(x)))
        return x + self.conv2(F.silu(self.norm2(inner)))


class Attention(nn.Module):
    """One head in which every place looks at every other; memory stays small where torch has a fused kernel."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.group_norm = _norm(width)
        self.to_q, self.to_k, self.to_v = (nn.Linear(width, width) for _ in range(3))
        self.to_out = nn.ModuleList([nn.Linear(width, width)])  # a list, for the sake of the names

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        places = self.group_norm(x).flatten(2).transpose(1, 2)  # (B, H W, width)
        asked, offered, told = (of(places).unsqueeze(1) for of in (self.to_q, self.to_k, self.to_v))
        seen = F.scaled_dot_product_attention(asked, offered, told).squeeze(1)
        return x + self.to_out[0](seen).transpose(1, 2).view_as(x)


class Resnets(nn.Module):
    def __init__(self, width: int, count: int) -> None:
        super().__init__()
        self.resnets = nn.ModuleList(Resnet(width) for _ in range(count))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for resnet in self.resnets:
            x = resnet(x)
        return x


class MidBlock(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.attentions = nn.ModuleList([Attention(width)])
        self.resnets = nn.ModuleList(Resnet(width) for _ in range(2))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.resnets[1](self.attentions[0](self.resnets[0](x)))


class Encoder(nn.Module):
    """(B, in_channels, h, w) to (B, out_channels, h, w)."""

    def __init__(self, in_channels: int, out_channels: int, width: int) -> None:
        super().__init__()
        _must_be_groups(width)
        self.conv_in = _conv(in_channels, width)
        self.down_blocks = nn.ModuleList([Resnets(width, 2)])
        self.mid_block = MidBlock(width)
        self.conv_norm_out = _norm(width)
        self.conv_out = _conv(width, out_channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.mid_block(self.down_blocks[0](self.conv_in(x)))
        return self.conv_out(F.silu(self.conv_norm_out(x)))


class Decoder(nn.Module):
    """(B, in_channels, h, w) to (B, out_channels, h, w)."""

    def __init__(self, in_channels: int, out_channels: int, width: int) -> None:
        super().__init__()
        _must_be_groups(width)
        self.conv_in = _conv(in_channels, width)
        self.up_blocks = nn.ModuleList([Resnets(width, 3)])
        self.mid_block = MidBlock(width)
        self.conv_norm_out = _norm(width)
        self.conv_out = _conv(width, out_channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.up_blocks[0](self.mid_block(self.conv_in(x)))
        return self.conv_out(F.silu(self.conv_norm_out(x)))


def _must_be_groups(width: int) -> None:
    if width < 1 or width % NORM_GROUPS:
        raise ValueError(f"the nets' width must be a multiple of {NORM_GROUPS}, not {width}")
