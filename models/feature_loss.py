"""How far apart two pictures are for an encoder: a loss that looks at what a codec would keep of them.

    loss = wlc.FeatureLoss("photo")
    (loss(restored, original) + squared_error).backward()

Any encoder of wlc will do: that of the lossy codec (wavelets and their correction), the microscopy autoencoder's, or
a WaLLoC codec's. The encoder learns nothing and both pictures get slopes.
"""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import torch
from torch import nn

from . import colour, runtime, weights
from .correction_net import Block
from .groups import BLOCK
from .lossy import LossyModel
from .microscopy import Microscopy, Residual, padded
from .quantiser import RATE_INDICES
from .walloc import Codec
from .walloc.picture_nets import Resnet

CODE, INNER, BOTH = "code", "inner", "both"
_EPSILON = 1e-6

Encode = Callable[[torch.Tensor], torch.Tensor]


class FeatureLoss(nn.Module):
    """Mean squared distance of encodings before they are rounded, in steps of their quantiser: pictures whose codes are
    one step apart everywhere are 1 apart.

    `model` is the name of an installed model, the path of a weights file, or a model itself, of which a copy is taken.
    `of` is "code"; "inner" for what the encoder's blocks make on the way to it, each of their channels compared with
    how much it varies in the two pictures, from 0 to 2, so that fine and faint features count as much as strong ones;
    or "both", the sum of the two. `quality` is that of the lossy codec, 1 to 100; others have none.
    """

    def __init__(self, model: str | Path | nn.Module, of: str = CODE, quality: float = 60) -> None:
        super().__init__()
        if of not in (CODE, INNER, BOTH):
            raise ValueError(f'of is "{CODE}", "{INNER}" or "{BOTH}", not {of!r}')
        if not 1 <= quality <= 100:
            raise ValueError(f"quality goes from 1 to 100, not {quality}")
        self.of = of
        self.encoder = deepcopy(model) if isinstance(model, nn.Module) else encoder_in(model)
        self.encoder.requires_grad_(False).train(False)
        self._encode, inner = _ways(self.encoder, round((quality - 1) / 99 * (RATE_INDICES - 1)))
        if of != CODE and not inner:
            raise ValueError(f'this encoder is a single layer: there is nothing inside it, only its "{CODE}"')
        self._seen: list[torch.Tensor] = []
        for block in inner if of != CODE else ():
            block.register_forward_hook(lambda _, __, output: self._seen.append(output))

    def train(self, mode: bool = True) -> "FeatureLoss":
        """Training changes nothing here: where an encoder would add noise in place of rounding, it does not."""
        self.training = mode
        return self

    def forward(self, one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
        """The mean distance of two batches of pictures, (B, 3, H, W) in 0..255 of any size."""
        return self.each(one, other).mean()

    def each(self, one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
        """The distance of each picture from its counterpart, (B,)."""
        if one.shape != other.shape or one.dim() != 4:
            raise ValueError(f"pictures are two (B, 3, H, W) alike, not {tuple(one.shape)} and {tuple(other.shape)}")
        (code, features), (other_code, other_features) = self.encoded(one), self.encoded(other)
        distance = (code - other_code).square().mean(dim=(1, 2, 3)) if self.of != INNER else code.new_zeros(len(code))
        for mine, theirs in zip(features, other_features, strict=True):
            distance = distance + _relative(mine, theirs).mean(dim=1) / len(features)
        return distance

    def encoded(self, pictures: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """The code before it is rounded, and what the blocks have made if that is asked for."""
        self._seen.clear()
        code = self._encode(pictures)
        seen, self._seen[:] = list(self._seen), []
        return code, seen


def encoder_in(model: str | Path) -> nn.Module:
    """By name or path, in full precision. Raises ValueError for what is no model or makes lossless files only."""
    path = weights.find_by_name(str(model))
    if path is None:
        known = ", ".join(sorted(set(weights.installed().values()))) or "none"
        raise ValueError(f"there is no model named {str(model)!r}; installed: {known}")
    read = weights.read(path)
    if read.kind == weights.WAE:
        raise ValueError(f"{read.name!r} has no code, only halves of pictures")
    return runtime.build(read)


def _ways(encoder: nn.Module, rate_index: int) -> tuple[Encode, list[nn.Module]]:
    """How this kind of model is asked for a code, and the blocks on the way to it."""
    if isinstance(encoder, LossyModel):
        return _by_wavelets(encoder, rate_index), _of_type(encoder.encoder_net, Block)
    if isinstance(encoder, Microscopy):
        return encoder.values_of, _of_type(encoder.encoder, Residual)
    if isinstance(encoder, Codec) and encoder.axes == 2 and encoder.channels == 3:
        return _by_packets(encoder), _of_type(encoder.encoder, Resnet)
    raise ValueError(f"a {type(encoder).__name__} has no encoder of pictures")


def _of_type(nets: nn.Module, kind: type[nn.Module]) -> list[nn.Module]:
    return [module for module in nets.modules() if isinstance(module, kind)]


def _by_wavelets(model: LossyModel, rate_index: int) -> Encode:
    def encode(pictures: torch.Tensor) -> torch.Tensor:
        index = torch.full((len(pictures),), rate_index, device=pictures.device)
        return model.coefficients_of(colour.to_planes(padded(pictures, BLOCK)), index)  # (B, 192, H/8, W/8)

    return encode


def _by_packets(codec: Codec) -> Encode:
    def encode(pictures: torch.Tensor) -> torch.Tensor:
        samples = padded(pictures, codec.cell) / 255 - 0.5
        return codec.encoder[:2](codec.packets_of(samples))

    return encode


def _relative(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """Of each channel of each picture: the energy of the difference over that of both, without their means."""
    one, other = (x - x.mean(dim=(2, 3), keepdim=True) for x in (one, other))
    energies = [x.square().mean(dim=(2, 3)) for x in (one - other, one, other)]
    return energies[0] / (energies[1] + energies[2] + _EPSILON)
