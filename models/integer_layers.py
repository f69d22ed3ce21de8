"""Convolutions on integers, exact on every machine, and their trainable twins.

An activation is an integer 0..255, a weight an integer -127..127. The accumulator stays below 2^24, where float32 holds
every integer exactly, so an ordinary float32 convolution gives the same integers in any order of summation, on any
processor. A power of two and a floor bring the accumulator back to the next layer's units.

Activations are float32 tensors, or bytes where `quick_integers.py` can compute with them: whoever makes the first ones
chooses, and all that comes after is of the same kind. The numbers that a net ends with are float32 in any case.
"""

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional as F

from . import quick_integers
from .quick_integers import BYTE, ByteLayer

Unit = float | Sequence[float]

ACTIVATION_MAX = 255
WEIGHT_MAX = 127
ACCUMULATOR_LIMIT = 2**24
_SHIFT_MAX = 20


def clamp_activation(x: torch.Tensor) -> torch.Tensor:
    """In place: what a layer has made, nobody else looks at. clamp's numbers, with a faster slope."""
    return F.hardtanh_(x, 0.0, ACTIVATION_MAX)


def _floor(x: torch.Tensor) -> torch.Tensor:
    """The floor, in place, or with the slope of a straight line where somebody asks for slopes. The same integers."""
    return x + (torch.floor(x) - x).detach() if x.requires_grad else x.floor_()


class _Layer(nn.Module):
    """What both kinds of layer can be asked for, in numbers that have slopes."""

    kernel: int

    def mixed(self, *parts: torch.Tensor, planar: bool = False) -> torch.Tensor:
        raise NotImplementedError

    def activated(self, *parts: torch.Tensor) -> torch.Tensor:
        """The layer of the parts' channels side by side, cut to activations."""
        return clamp_activation(self.mixed(*parts) if self.kernel == 1 else self(*parts))

    def added_to(self, base: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        """The sum of the layer and `base`, cut to activations; of 1x1 layers."""
        return clamp_activation(self.mixed(x).add_(base))


class IntConv(_Layer):
    """What runs: integer weights in float32 tensors, filled from the weights file.

    They are used with their channel's power of two multiplied in, which moves exponents only and is as exact.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int = 1, groups: int = 1, unit: Unit = 1.0) -> None:
        super().__init__()
        self.kernel, self.groups = kernel, groups
        self.register_buffer("weight", torch.zeros(outputs, inputs // groups, kernel, kernel))
        self.register_buffer("bias", torch.zeros(outputs))
        self.register_buffer("shift", torch.zeros(outputs))
        self.register_buffer("scaled_weight", torch.zeros_like(self.weight), persistent=False)
        self.register_buffer("scaled_bias", torch.zeros(outputs), persistent=False)
        self.of_bytes: ByteLayer | None = None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.dtype == BYTE:
            return self.mixed(x) if self.kernel == 1 else self(x.float())
        return _floor(F.conv2d(x, self.scaled_weight, self.scaled_bias, padding=self.kernel // 2, groups=self.groups))

    def activated(self, *parts: torch.Tensor) -> torch.Tensor:
        if parts[0].dtype != BYTE:
            return super().activated(*parts)
        if self.of_bytes is None:
            return super().activated(*(part.float() for part in parts)).to(BYTE)
        if self.kernel > 1:
            return self.of_bytes.activated(*parts)
        return _from_places(self.of_bytes.activated(_side_by_side(parts)), parts[0])

    def added_to(self, base: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        if x.dtype != BYTE:
            return super().added_to(base, x)
        if self.of_bytes is None:
            return super().added_to(base.float(), x.float()).to(BYTE)
        return _from_places(self.of_bytes.added_to(_places(base), _places(x)), x)

    def mixed(self, *parts: torch.Tensor, planar: bool = False) -> torch.Tensor:
        """A 1x1 layer of the parts' channels side by side, without putting them there: a product of matrices a part.

        What comes out is channels_last, or with `planar` a plane after the other; parts may be either.
        """
        batch, _, height, width = parts[0].shape
        if parts[0].dtype == BYTE and self.of_bytes is not None:
            result = self.of_bytes.raw(_side_by_side(parts))
            if planar:
                return result.t().contiguous().view(-1, batch, height, width).transpose(0, 1)
            return _from_places(result, parts[0])
        weights = self.scaled_weight.flatten(1).split([part.shape[1] for part in parts], dim=1)
        places = [_places(part.float()) for part in parts]
        if planar:
            turned = [matrix.t() for matrix in places]
            result = _floor(_plus_products(self.scaled_bias[:, None], weights, turned))
            return result.view(-1, batch, height, width).transpose(0, 1)
        result = _floor(_plus_products(self.scaled_bias, places, [weight.t() for weight in weights]))
        return _from_places(result, parts[0])

    def prepare(self) -> None:
        """Make ready to run. Raises unless all numbers are integers and no input can push the accumulator to 2^24."""
        for tensor in (self.weight, self.bias, self.shift):
            if not torch.equal(tensor, tensor.round()):
                raise ValueError("integer nets need integer weights")
        if self.weight.abs().max() > WEIGHT_MAX:
            raise ValueError(f"a weight of the integer nets is larger than {WEIGHT_MAX}")
        largest = self.weight.double().abs().sum(dim=(1, 2, 3)) * ACTIVATION_MAX + self.bias.double().abs()
        if largest.max() >= ACCUMULATOR_LIMIT:
            raise ValueError("an accumulator of the integer nets could reach 2^24, where float32 is no longer exact")
        if self.shift.min() < 0 or self.shift.max() > _SHIFT_MAX:
            raise ValueError("a shift of the integer nets is out of range")
        powers = [2.0**-shift for shift in self.shift.int().tolist()]  # not torch's exp2, which need not be exact
        factor = torch.tensor(powers, device=self.shift.device)
        self.scaled_weight = (self.weight * factor.view(-1, 1, 1, 1)).contiguous(memory_format=torch.channels_last)
        self.scaled_bias = self.bias * factor
        self.of_bytes = None
        if factor.device.type == "cpu" and quick_integers.available():
            self.of_bytes = ByteLayer.packed_from(self.weight, self.bias, factor, self.groups)


def first_activations(nets: nn.Module) -> torch.dtype:
    """The kind for a walk through `nets` to begin with. Bytes have no slopes, and trainable layers no bytes."""
    layer = next(layer for layer in nets.modules() if isinstance(layer, _Layer))
    quick = isinstance(layer, IntConv) and layer.weight.device.type == "cpu" and quick_integers.in_use()
    return BYTE if quick and not torch.is_grad_enabled() else torch.float32


def _places(x: torch.Tensor) -> torch.Tensor:
    """(B, C, h, w) as (B h w, C), without moving anything where that is possible: BLAS takes matrices turned round."""
    if len(x) == 1 and x[0].is_contiguous():
        return x[0].flatten(1).t()
    return x.permute(0, 2, 3, 1).reshape(-1, x.shape[1])


def _from_places(x: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """(B h w, C) as (B, C, h, w), channels_last."""
    return x.view(len(like), *like.shape[2:], -1).permute(0, 3, 1, 2)


def _side_by_side(parts: Sequence[torch.Tensor]) -> torch.Tensor:
    matrices = [_places(part).contiguous() for part in parts]
    return matrices[0] if len(matrices) == 1 else torch.cat(matrices, dim=1)


def _plus_products(start: torch.Tensor, lefts: list[torch.Tensor], rights: list[torch.Tensor]) -> torch.Tensor:
    result = torch.addmm(start, lefts[0], rights[0])
    for left, right in zip(lefts[1:], rights[1:], strict=True):
        result.addmm_(left, right)
    return result


class _Rounded(torch.autograd.Function):
    """The nearest integer, with the slope of a straight line."""

    @staticmethod
    def forward(ctx, x: torch.Tensor) -> torch.Tensor:
        return (x + 0.5).floor_()

    @staticmethod
    def backward(ctx, slope: torch.Tensor) -> torch.Tensor:
        return slope


class TrainableConv(_Layer):
    """What is trained: float weights that see the rounding of `IntConv`, with straight-through gradients.

    Activations are in units of 1/32, so that a real value of 1 is the integer 32. `unit` is the integer that an output
    of 1 becomes, one for all output channels or one for each. With `rounding` off it is the float twin, against which
    the cost of integers is measured.
    """

    UNIT = 32.0

    def __init__(self, inputs: int, outputs: int, kernel: int = 1, groups: int = 1, unit: Unit = UNIT) -> None:
        super().__init__()
        self.kernel, self.groups = kernel, groups
        self.rounding = True
        self.hidden = unit == self.UNIT  # its outputs are activations, which the next layer gets rounded
        units = torch.tensor([unit] if isinstance(unit, (int, float)) else unit, dtype=torch.float32)
        self.register_buffer("unit", units.expand(outputs).clone(), persistent=False)
        fan_in = inputs // groups * kernel * kernel
        self.weight = nn.Parameter(torch.randn(outputs, inputs // groups, kernel, kernel) * (2 / fan_in) ** 0.5)
        self.bias = nn.Parameter(torch.zeros(outputs))

    def _scaled(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Weights from integer inputs to integer outputs, and each output channel's power of two."""
        weight = self.weight * (self.unit / self.UNIT).view(-1, 1, 1, 1)
        largest = weight.detach().abs().amax(dim=(1, 2, 3)).clamp(min=1e-9)
        shift = torch.floor(torch.log2(WEIGHT_MAX / largest)).clamp(0, _SHIFT_MAX)
        return weight, shift

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        weight, shift = self._scaled()
        if self.rounding:
            factor = torch.exp2(shift).view(-1, 1, 1, 1)
            rounded = (weight.detach() * factor).round().clamp(-WEIGHT_MAX, WEIGHT_MAX) / factor
            weight = weight + (rounded - weight).detach()
        y = F.conv2d(x, weight, self.bias * self.unit, padding=self.kernel // 2, groups=self.groups)
        return _Rounded.apply(y) if self.rounding and self.hidden else y

    def mixed(self, *parts: torch.Tensor, planar: bool = False) -> torch.Tensor:
        """The same as `IntConv.mixed`."""
        device = parts[0].device.type
        dtype = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else self.weight.dtype
        side_by_side = torch.cat([part.permute(0, 2, 3, 1).to(dtype) for part in parts], dim=-1)
        return self(side_by_side.permute(0, 3, 1, 2))

    def export(self) -> dict[str, torch.Tensor]:
        """The buffers of the `IntConv` that computes the same. Half a unit in the bias turns floor into rounding."""
        weight, shift = self._scaled()
        while True:
            factor = torch.exp2(shift).double()
            integers = (weight.detach().double() * factor.view(-1, 1, 1, 1)).round().clamp(-WEIGHT_MAX, WEIGHT_MAX)
            bias = ((self.bias.detach().double() * self.unit.double() + 0.5) * factor).round()
            largest = integers.abs().sum(dim=(1, 2, 3)) * ACTIVATION_MAX + bias.abs()
            if largest.max() < ACCUMULATOR_LIMIT:
                return {"weight": integers.float(), "bias": bias.float(), "shift": shift.float()}
            shift = torch.where(largest < ACCUMULATOR_LIMIT, shift, shift - 1)


def export_into(exact: nn.Module, trained: nn.Module) -> None:
    """Fill the integer layers of `exact` so that it computes what `trained` computes, with proof that it is exact."""
    for name, module in trained.named_modules():
        if isinstance(module, TrainableConv):
            target = exact.get_submodule(name)
            target.load_state_dict(module.export())
            target.prepare()


def prepare_all(module: nn.Module) -> None:
    """Make every integer layer ready to run, or raise ValueError."""
    for layer in module.modules():
        if isinstance(layer, IntConv):
            layer.prepare()
