"""Colour transforms that give every sample back. Which suits a picture best is estimated from a sample of it.

The first of the three planes is coded first, and the others know it at every place. A picture may also be what a
decoder made of luma and chromas; then these are its planes, and the transforms' numbers go on with the origins.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from .origins import STORED

Planes = tuple[torch.Tensor, torch.Tensor, torch.Tensor]

_SAMPLED_ROWS = 64  # enough to tell the transforms apart, and nothing beside the coding itself


@dataclass(frozen=True)
class Transform:
    """Red, green, blue to three planes and back, on whole numbers in any dtype that holds them."""

    name: str
    forward: Callable[[torch.Tensor, torch.Tensor, torch.Tensor], Planes]
    inverse: Callable[[torch.Tensor, torch.Tensor, torch.Tensor], Planes]


def _half(x: torch.Tensor) -> torch.Tensor:
    return torch.div(x, 2, rounding_mode="floor")


def _to_ycocg(r: torch.Tensor, g: torch.Tensor, b: torch.Tensor) -> Planes:
    orange = r - b
    middle = b + _half(orange)
    green = g - middle
    return middle + _half(green), orange, green


def _from_ycocg(y: torch.Tensor, orange: torch.Tensor, green: torch.Tensor) -> Planes:
    middle = y - _half(green)
    b = middle - _half(orange)
    return b + orange, green + middle, b


# Their order is part of the file format: a file names one by its number.
TRANSFORMS = (
    Transform("differences to green", lambda r, g, b: (g, r - g, b - g), lambda y, u, v: (u + y, y, v + y)),
    Transform("YCoCg", _to_ycocg, _from_ycocg),
    Transform(
        "differences to green and to red with green",
        lambda r, g, b: (g, r - g, b - g - _half(r - g)),
        lambda y, u, v: (u + y, y, v + y + _half(u)),
    ),
    Transform("none", lambda r, g, b: (g, r, b), lambda y, u, v: (u, y, v)),
)
COLOURS = 3
DIFFERENCES_TO_GREEN = 0
FIRST_ORIGIN = len(TRANSFORMS)
NUMBERS = FIRST_ORIGIN + len(STORED)
_MOST_STORED = 1 << 10  # of luma or chroma; a picture cut short may have stranger ones, which nobody sees


def to_planes(rgb: torch.Tensor, number: int) -> torch.Tensor:
    """(B, 3, H, W) to (B, 3, H, W); a picture without colours stays as it is."""
    if rgb.shape[1] != COLOURS:
        return rgb
    return torch.stack(TRANSFORMS[number].forward(*rgb.unbind(1)), dim=1)


def to_rgb(planes: torch.Tensor, number: int) -> torch.Tensor:
    """The way back, for origins as well; they give colours that are cut to 0..255."""
    if planes.shape[1] != COLOURS:
        return planes
    if number >= FIRST_ORIGIN:
        stored = planes.clamp(-_MOST_STORED, _MOST_STORED).to(torch.int32)
        rgb = STORED[number - FIRST_ORIGIN].origin.to_rgb(*stored.unbind(1))
        return torch.stack(rgb, dim=1).clamp_(0, 255).to(planes.dtype)
    return torch.stack(TRANSFORMS[number].inverse(*planes.unbind(1)), dim=1)


def best_for(rgb: torch.Tensor) -> int:
    """The number of the transform whose planes look cheapest: few bits in what a simple prediction leaves over."""
    above, here = sampled_rows(rgb)
    if min(here.shape[-2:]) < 1 or rgb.shape[-1] < 2:
        return DIFFERENCES_TO_GREEN
    costs = [cost(to_planes(above, number), to_planes(here, number)) for number in range(len(TRANSFORMS))]
    return costs.index(min(costs))


def sampled_rows(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Some rows of (..., H, W), and those below them."""
    height = x.shape[-2]
    stride = max(1, height // _SAMPLED_ROWS)
    return x[..., : height - 1 : stride, :], x[..., 1::stride, :]


def cost(above: torch.Tensor, here: torch.Tensor) -> int:
    """In whole numbers, so that every machine picks the same transform."""
    left, corner = here[..., :-1], above[..., :-1]
    leftover = 2 * here[..., 1:] - left - above[..., 1:] + (here[..., 1:] - above[..., 1:] - left + corner)
    bit_lengths = torch.frexp(leftover.double().abs() + 1).exponent
    return int(bit_lengths.sum())
