"""Crops made to look as cameras and scanners deliver pictures.

Pictures that were scaled down, as good training pictures are, have sharp details and noise that differs from sample to
sample. What comes out of a camera has two colours of three guessed from the samples around, and what comes out of a
scanner has grain larger than its samples: both are smoother, and their noise is alike in neighbours. A lossless model
that has never seen this predicts it badly.
"""

import torch
from torch.nn import functional as F

LARGEST_SCALE = 2.0
_GRAIN = 5.0  # standard deviation in levels, at most, before enlarging
_SENSOR_NOISE = 3.0  # and after it
_WITH_SENSOR = 0.5  # share of crops that go through a sensor's mosaic


def as_delivered(crop: torch.Tensor, size: int, random: torch.Generator) -> torch.Tensor:
    """(3, h, h) in 0..255, at most `size` a side, to (3, size, size) whole numbers."""
    crop = crop + _noise(crop, _GRAIN, random)
    if crop.shape[-1] < size:
        crop = F.interpolate(crop[None], size, mode="bicubic")[0]
    if torch.rand((), generator=random).item() < _WITH_SENSOR:
        crop = _through_sensor(crop + _noise(crop, _SENSOR_NOISE, random))
    return crop.round().clamp(0, 255)


def _noise(like: torch.Tensor, most: float, random: torch.Generator) -> torch.Tensor:
    """Stronger in one crop than in another, and alike in all colours to a part."""
    strength, alike = most * torch.rand((), generator=random).item() ** 2, torch.rand((), generator=random).item()
    own = torch.randn(like.shape, generator=random)
    shared = torch.randn((1, *like.shape[1:]), generator=random)
    return (strength * ((1 - alike) * own + alike * shared)).to(like.device)


def _through_sensor(rgb: torch.Tensor) -> torch.Tensor:
    """One colour at each place, in Bayer's pattern, and the others interpolated between the nearest that have them."""
    height, width = rgb.shape[1:]
    odd_row = (torch.arange(height) % 2).view(-1, 1)
    odd_column = (torch.arange(width) % 2).view(1, -1)
    red, blue = (1 - odd_row) * (1 - odd_column), odd_row * odd_column
    masks = torch.stack([red, 1 - red - blue, blue]).to(rgb)
    cross, square = [[0, 1, 0], [1, 4, 1], [0, 1, 0]], [[1, 2, 1], [2, 4, 2], [1, 2, 1]]
    kernels = torch.tensor([square, cross, square]).to(rgb)[:, None] / 4
    padded = F.pad((rgb * masks)[None], (2,) * 4, mode="reflect")  # two, so that the pattern goes on
    return F.conv2d(padded, kernels, groups=3)[0, :, 1:-1, 1:-1]
