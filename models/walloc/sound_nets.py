"""The nets of WaLLoC's sound codec: encoder and decoder of an Oobleck autoencoder that does not change the rate.

Tensors have the names that diffusers gives them, with weights kept as length and direction, so that published
checkpoints load as they are. Blocks of rate 1 have two taps: each lengthens the signal by one in the encoder and
shortens it by one in the decoder. So latents are two places longer than the packets they came from.
"""

import math

import torch
from torch import nn
from torch.nn import functional as F

_DILATIONS = (1, 3, 9)


class Snake(nn.Module):
    """x + sin(alpha x)^2 / beta, with the logarithms of both learned for each channel."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.alpha = nn.Parameter(torch.zeros(1, width, 1))
        self.beta = nn.Parameter(torch.zeros(1, width, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + torch.sin(self.alpha.exp() * x).square() / (self.beta.exp() + 1e-9)


class NormedConv(nn.Module):
    """A convolution whose weights are kept as directions `weight_v` and, for each first index, a length `weight_g`."""

    def __init__(self, inputs: int, outputs: int, taps: int, *, dilation: int = 1, padding: int, bias: bool = True):
        super().__init__()
        self.dilation, self.padding = dilation, padding
        self._make(self._shape(inputs, outputs, taps), outputs if bias else 0)

    @staticmethod
    def _shape(inputs: int, outputs: int, taps: int) -> tuple[int, int, int]:
        return outputs, inputs, taps

    def _make(self, shape: tuple[int, int, int], biases: int) -> None:
        bound = 1 / math.sqrt(shape[1] * shape[2])
        self.weight_v = nn.Parameter(torch.empty(shape).uniform_(-bound, bound))
        self.weight_g = nn.Parameter(self.weight_v.detach().norm(dim=(1, 2), keepdim=True))
        self.bias = nn.Parameter(torch.empty(biases).uniform_(-bound, bound)) if biases else None

    @property
    def weight(self) -> torch.Tensor:
        return self.weight_v * (self.weight_g / self.weight_v.norm(dim=(1, 2), keepdim=True))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.conv1d(x, self.weight, self.bias, padding=self.padding, dilation=self.dilation)


class NormedTransposedConv(NormedConv):
    @staticmethod
    def _shape(inputs: int, outputs: int, taps: int) -> tuple[int, int, int]:
        return inputs, outputs, taps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.conv_transpose1d(x, self.weight, self.bias, padding=self.padding)


class ResidualUnit(nn.Module):
    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.snake1 = Snake(width)
        self.conv1 = NormedConv(width, width, 7, dilation=dilation, padding=3 * dilation)
        self.snake2 = Snake(width)
        self.conv2 = NormedConv(width, width, 1, padding=0)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.conv2(self.snake2(self.conv1(self.snake1(x))))


class EncoderBlock(nn.Module):
    """One place longer."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.res_unit1, self.res_unit2, self.res_unit3 = (ResidualUnit(inputs, d) for d in _DILATIONS)
        self.snake1 = Snake(inputs)
        self.conv1 = NormedConv(inputs, outputs, 2, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.conv1(self.snake1(self.res_unit3(self.res_unit2(self.res_unit1(x)))))


class DecoderBlock(nn.Module):
    """One place shorter."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.snake1 = Snake(inputs)
        self.conv_t1 = NormedTransposedConv(inputs, outputs, 2, padding=1)
        self.res_unit1, self.res_unit2, self.res_unit3 = (ResidualUnit(outputs, d) for d in _DILATIONS)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.res_unit3(self.res_unit2(self.res_unit1(self.conv_t1(self.snake1(x)))))


class SoundEncoder(nn.Module):
    """(B, in_channels, l) to (B, out_channels, l + 2); the width is rounded down to a multiple of out_channels."""

    def __init__(self, in_channels: int, out_channels: int, width: int) -> None:
        super().__init__()
        width = _multiple(width, out_channels)
        self.conv1 = NormedConv(in_channels, out_channels, 7, padding=3)
        self.block = nn.ModuleList([EncoderBlock(out_channels, width), EncoderBlock(width, width)])
        self.snake1 = Snake(width)
        self.conv2 = NormedConv(width, out_channels, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.conv2(self.snake1(self.block[1](self.block[0](self.conv1(x)))))


class SoundDecoder(nn.Module):
    """(B, in_channels, l + 2) to (B, out_channels, l); the width is rounded down to a multiple of in_channels."""

    def __init__(self, in_channels: int, out_channels: int, width: int) -> None:
        super().__init__()
        width = _multiple(width, in_channels)
        self.conv1 = NormedConv(in_channels, width, 7, padding=3)
        self.block = nn.ModuleList([DecoderBlock(width, width), DecoderBlock(width, in_channels)])
        self.snake1 = Snake(in_channels)
        self.conv2 = NormedConv(in_channels, out_channels, 7, padding=3, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.conv2(self.snake1(self.block[1](self.block[0](self.conv1(x)))))


def _multiple(width: int, of: int) -> int:
    if not 1 <= of <= width:
        raise ValueError(f"the nets' width must be at least the {of} channels of the latents, not {width}")
    return width // of * of
