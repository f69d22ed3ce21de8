"""What training of the lossless model minimises: the bits that all samples of a crop would take."""

import math

import torch
from torch import nn

from .. import reversible_colour
from ..lazy_split import split_count, subsampled
from ..lossless import Step, walk
from ..sample_nets import ONE, SampleNets
from .objective import leaky_log_scale

_FLOOR = 2.0**-16  # a table gives no symbol less


class Shape(nn.Module):
    """The distribution that a table stands for while there are no tables yet: a logistic with a wider one mixed in.

    How much of the wider one, and how wide, is learned as a function of the scale.
    """

    def __init__(self) -> None:
        super().__init__()
        self.share = nn.Parameter(torch.tensor([-2.0, 0.0, 0.0]))
        self.wider = nn.Parameter(torch.tensor([0.5, 0.0, 0.0]))

    def bits(self, error: torch.Tensor, log_scale: torch.Tensor, step: int = 1) -> torch.Tensor:
        """Ideal code length of a sample that is so far from its prediction, in steps of so many grey levels."""
        distance = error.abs()
        share = torch.sigmoid(_polynomial(self.share, log_scale))
        wider = log_scale + nn.functional.softplus(_polynomial(self.wider, log_scale))
        mass = (1 - share) * _logistic_mass(distance, log_scale, step) + share * _logistic_mass(distance, wider, step)
        return -torch.log2(mass + _FLOOR)


def _polynomial(coefficients: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    return coefficients[0] + x * (coefficients[1] + x * coefficients[2])


def _logistic_mass(distance: torch.Tensor, log_scale: torch.Tensor, step: int) -> torch.Tensor:
    inverse = torch.exp(-log_scale)
    return torch.sigmoid((step / 2 - distance) * inverse) - torch.sigmoid((-step / 2 - distance) * inverse)


def bits_per_sample(
    nets: SampleNets, shape: Shape, planes: torch.Tensor, bf16: bool = True, max_error: int = 0
) -> torch.Tensor:
    """Of (B, 3, H, W) whole numbers, as `planes_of` gives them. The few coarsest, written plainly, are left out."""
    height, width = planes.shape[-2:]
    step_size = 2 * max_error + 1
    bits = torch.zeros((), device=planes.device)
    green_error = torch.zeros(())

    def visit(step: Step) -> torch.Tensor:
        nonlocal bits, green_error
        actual = step.part_of(subsampled(planes[:, step.colour], step.split))
        if max_error and step.colour:
            actual = actual - green_error  # the difference to the green that a decoder will have
        with torch.autocast(planes.device.type, enabled=False):
            rows, columns = actual.shape[1:]  # beyond the edge there may be one row or column more
            prediction = step.prediction.float() / ONE
            whole = torch.floor(prediction.detach() + 0.5)
            prediction, nearest = (x[:, :rows, :columns] for x in (prediction, whole))
            shown = nearest + step_size * torch.round((actual - nearest) / step_size)
            log_scale = leaky_log_scale(step.index[:, :rows, :columns])
            bits = bits + shape.bits(shown - prediction, log_scale, step_size).sum()
        if step.colour == 0:
            green_error = shown - actual
        whole[:, :rows, :columns] = shown
        return whole

    coarseness = round(32 * math.log2(step_size))
    with torch.autocast(planes.device.type, torch.bfloat16, enabled=bf16):
        walk(nets, subsampled(planes, split_count(height, width)), height, width, visit, coarseness=coarseness)
    return bits / planes.numel()


def planes_of(crop: torch.Tensor, max_error: int = 0) -> torch.Tensor:
    """(3, H, W) in 0..255 to what an encoder would make of it."""
    number = reversible_colour.DIFFERENCES_TO_GREEN if max_error else reversible_colour.best_for(crop[None])
    return reversible_colour.to_planes(crop[None], number)[0]
