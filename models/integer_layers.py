"""Convolutions on integers, exact on every machine, and their trainable twins.

An activation is an integer 0..255, a weight an integer -127..127. The accumulator stays below 2^24, where float32 holds
every integer exactly, so an ordinary float32 convolution gives the same integers in any order of summation, on any
processor. A power of two and a floor bring the accumulator back to the next layer's units.
"""

import torch
from torch import nn
from torch.nn import functional as F

ACTIVATION_MAX = 255
WEIGHT_MAX = 127
ACCUMULATOR_LIMIT = 2**24
_SHIFT_MAX = 20


def clamp_activation(x: torch.Tensor) -> torch.Tensor:
    return x.clamp(0, ACTIVATION_MAX)


def _floor(x: torch.Tensor) -> torch.Tensor:
    """The floor, in place, or with the slope of a straight line where somebody asks for slopes. The same integers."""
    return x + (torch.floor(x) - x).detach() if x.requires_grad else x.floor_()


class IntConv(nn.Module):
    """What runs: integer weights in float32 tensors, filled from the weights file."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 1, groups: int = 1, unit: float = 1.0) -> None:
        super().__init__()
        self.kernel, self.groups = kernel, groups
        self.register_buffer("weight", torch.zeros(outputs, inputs // groups, kernel, kernel))
        self.register_buffer("bias", torch.zeros(outputs))
        self.register_buffer("shift", torch.zeros(outputs))
        self.register_buffer("factor", torch.ones(1, outputs, 1, 1), persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        accumulated = F.conv2d(x, self.weight, self.bias, padding=self.kernel // 2, groups=self.groups)
        return _floor(accumulated.mul_(self.factor))

    def prepare(self) -> None:
        """Make ready to run. Raises unless all numbers are integers and no input can push the accumulator to 2^24."""
        for tensor in (self.weight, self.bias, self.shift):
            if not torch.equal(tensor, tensor.round()):
                raise ValueError("integer nets need integer weights")
        largest = self.weight.double().abs().sum(dim=(1, 2, 3)) * ACTIVATION_MAX + self.bias.double().abs()
        if largest.max() >= ACCUMULATOR_LIMIT:
            raise ValueError("an accumulator of the integer nets could reach 2^24, where float32 is no longer exact")
        if self.shift.min() < 0 or self.shift.max() > _SHIFT_MAX:
            raise ValueError("a shift of the integer nets is out of range")
        powers = [2.0**-shift for shift in self.shift.int().tolist()]  # not torch's exp2, which need not be exact
        self.factor = torch.tensor(powers, device=self.shift.device).view(1, -1, 1, 1)


class TrainableConv(nn.Module):
    """What is trained: float weights that see the rounding of `IntConv`, with straight-through gradients.

    Activations are in units of 1/32, so that a real value of 1 is the integer 32. `unit` is the integer that an output
    of 1 becomes. With `rounding` off it is the float twin, against which the cost of integers is measured.
    """

    UNIT = 32.0

    def __init__(self, inputs: int, outputs: int, kernel: int = 1, groups: int = 1, unit: float = UNIT) -> None:
        super().__init__()
        self.kernel, self.groups, self.unit = kernel, groups, unit
        self.rounding = True
        fan_in = inputs // groups * kernel * kernel
        self.weight = nn.Parameter(torch.randn(outputs, inputs // groups, kernel, kernel) * (2 / fan_in) ** 0.5)
        self.bias = nn.Parameter(torch.zeros(outputs))

    def _scaled(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Weights from integer inputs to integer outputs, and each output channel's power of two."""
        weight = self.weight * (self.unit / self.UNIT)
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
        if self.rounding and self.unit == self.UNIT:
            y = y + (torch.floor(y.detach() + 0.5) - y.detach())
        return y

    def export(self) -> dict[str, torch.Tensor]:
        """The buffers of the `IntConv` that computes the same. Half a unit in the bias turns floor into rounding."""
        weight, shift = self._scaled()
        while True:
            factor = torch.exp2(shift).double()
            integers = (weight.detach().double() * factor.view(-1, 1, 1, 1)).round().clamp(-WEIGHT_MAX, WEIGHT_MAX)
            bias = ((self.bias.detach().double() * self.unit + 0.5) * factor).round()
            largest = integers.abs().sum(dim=(1, 2, 3)) * ACTIVATION_MAX + bias.abs()
            if largest.max() < ACCUMULATOR_LIMIT:
                return {"weight": integers.float(), "bias": bias.float(), "shift": shift.float()}
            shift = torch.where(largest < ACCUMULATOR_LIMIT, shift, shift - 1)
