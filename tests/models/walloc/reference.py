"""WaLLoC once more, slowly: PyWavelets, numpy and plain functions on a dictionary of tensors, in double precision."""

from statistics import NormalDist

import numpy as np
import pywt
import torch
from torch.nn import functional as F

Tensors = dict[str, torch.Tensor]
cdf, inverse_cdf = np.vectorize(NormalDist().cdf), np.vectorize(NormalDist().inv_cdf)


def packets_2d(x: np.ndarray, J: int) -> np.ndarray:
    """(C, H, W) to (C 4^J, h, w): the natural order, digits of the channel's number from the first level on."""
    for _ in range(J):
        bands = []
        for channel in x:
            low, (high_vertically, high_horizontally, both) = pywt.dwt2(channel, "bior4.4", "periodization")
            bands += [low, high_vertically, high_horizontally, both]
        x = np.stack(bands)
    return x


def samples_2d(packets: np.ndarray, J: int) -> np.ndarray:
    for _ in range(J):
        fours = packets.reshape(-1, 4, *packets.shape[1:])
        packets = np.stack([pywt.idwt2((a, (b, c, d)), "bior4.4", "periodization") for a, b, c, d in fours])
    return packets


def packets_1d(x: np.ndarray, J: int) -> np.ndarray:
    for _ in range(J):
        x = np.stack([band for channel in x for band in pywt.dwt(channel, "bior4.4", "periodization")])
    return x


def samples_1d(packets: np.ndarray, J: int) -> np.ndarray:
    for _ in range(J):
        twos = packets.reshape(-1, 2, packets.shape[-1])
        packets = np.stack([pywt.idwt(low, high, "bior4.4", "periodization") for low, high in twos])
    return packets


def squeezed(x: np.ndarray, bits: int) -> np.ndarray:
    scale, most = (2 ** (bits - 1) - 1) / 1.85, 2 ** (bits - 1) - 0.5 - 1e-3
    return 2 * most * (cdf(x / scale) - 0.5)


def unsqueezed(y: np.ndarray, bits: int) -> np.ndarray:
    scale, most = (2 ** (bits - 1) - 1) / 1.85, 2 ** (bits - 1) - 0.5 - 1e-3
    return scale * inverse_cdf(np.clip(y / (2 * most) + 0.5, 1e-4, 0.9999))


def kl_net(tensors: Tensors, net: str, x: torch.Tensor) -> torch.Tensor:
    """An encoder or a decoder, told apart by its blocks: those come before the middle in one, after it in the other."""

    def of(name: str) -> tuple[torch.Tensor, torch.Tensor]:
        return tensors[f"{net}.{name}.weight"].double(), tensors[f"{net}.{name}.bias"].double()

    def conv(x: torch.Tensor, name: str) -> torch.Tensor:
        return F.conv2d(x, *of(name), padding=1)

    def normed(x: torch.Tensor, name: str) -> torch.Tensor:
        """By the definition: 32 groups of channels, each to mean 0 and variance 1."""
        groups = x.reshape(x.shape[0], 32, -1)
        spread = (groups.var(dim=2, unbiased=False, keepdim=True) + 1e-6).sqrt()
        weight, bias = of(name)
        x = ((groups - groups.mean(dim=2, keepdim=True)) / spread).reshape(x.shape)
        return x * weight[:, None, None] + bias[:, None, None]

    def swish(x: torch.Tensor) -> torch.Tensor:
        return x / (1 + torch.exp(-x))

    def resnet(x: torch.Tensor, name: str) -> torch.Tensor:
        inner = conv(swish(normed(x, f"{name}.norm1")), f"{name}.conv1")
        return x + conv(swish(normed(inner, f"{name}.norm2")), f"{name}.conv2")

    def linear(x: torch.Tensor, name: str) -> torch.Tensor:
        weight, bias = of(f"mid_block.attentions.0.{name}")
        return x @ weight.T + bias

    def attention(x: torch.Tensor) -> torch.Tensor:
        places = normed(x, "mid_block.attentions.0.group_norm").flatten(2).transpose(1, 2)
        query, key, value = (linear(places, name) for name in ("to_q", "to_k", "to_v"))
        shares = torch.softmax(query @ key.transpose(1, 2) / query.shape[-1] ** 0.5, dim=-1)
        return x + linear(shares @ value, "to_out.0").transpose(1, 2).reshape(x.shape)

    def blocks(x: torch.Tensor) -> torch.Tensor:
        for name in sorted({".".join(n.split(".")[2:6]) for n in tensors if n.startswith(net) and "_blocks." in n}):
            x = resnet(x, name)
        return x

    is_encoder = any(name.startswith(f"{net}.down_blocks") for name in tensors)
    x = conv(x.double(), "conv_in")
    x = blocks(x) if is_encoder else x
    x = resnet(x, "mid_block.resnets.0")
    x = resnet(attention(x), "mid_block.resnets.1")
    x = x if is_encoder else blocks(x)
    return conv(swish(normed(x, "conv_norm_out")), "conv_out")


def oobleck(tensors: Tensors, net: str, x: torch.Tensor) -> torch.Tensor:
    """An encoder or a decoder of sound, told apart by the decoder's transposed convolutions."""

    def weight(name: str) -> torch.Tensor:
        direction = tensors[f"{net}.{name}.weight_v"].double()
        length = direction.square().sum(dim=(1, 2), keepdim=True).sqrt()
        return direction / length * tensors[f"{net}.{name}.weight_g"].double()

    def bias(name: str) -> torch.Tensor | None:
        found = tensors.get(f"{net}.{name}.bias")
        return None if found is None else found.double()

    def conv(x: torch.Tensor, name: str, padding: int, dilation: int = 1) -> torch.Tensor:
        return F.conv1d(x, weight(name), bias(name), padding=padding, dilation=dilation)

    def snake(x: torch.Tensor, name: str) -> torch.Tensor:
        alpha, beta = (torch.exp(tensors[f"{net}.{name}.{which}"].double()) for which in ("alpha", "beta"))
        return x + torch.sin(alpha * x) ** 2 / (beta + 1e-9)

    def units(x: torch.Tensor, block: str) -> torch.Tensor:
        for i, dilation in ((1, 1), (2, 3), (3, 9)):
            unit = f"{block}.res_unit{i}"
            inner = conv(snake(x, f"{unit}.snake1"), f"{unit}.conv1", 3 * dilation, dilation)
            x = x + conv(snake(inner, f"{unit}.snake2"), f"{unit}.conv2", 0)
        return x

    is_decoder = f"{net}.block.0.conv_t1.weight_v" in tensors
    x = conv(x.double(), "conv1", 3)
    for block in ("block.0", "block.1"):
        if is_decoder:
            name = f"{block}.conv_t1"
            x = F.conv_transpose1d(snake(x, f"{block}.snake1"), weight(name), bias(name), padding=1)
            x = units(x, block)
        else:
            x = conv(snake(units(x, block), f"{block}.snake1"), f"{block}.conv1", 1)
    return conv(snake(x, "snake1"), "conv2", 3 if is_decoder else 1)
