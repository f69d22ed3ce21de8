"""Crops as lossy formats kept them: whole numbers near what they were, with chromas that the format could have had."""

import pytest
import torch
from torch.nn import functional as F

from wlc.models.origins import ORIGINS
from wlc.models.training import origins_made
from wlc.models.training.origins_made import as_once_stored


def crop(height: int = 64, width: int = 64) -> torch.Tensor:
    small = torch.rand(1, 3, 6, 6, generator=torch.Generator().manual_seed(1)) * 255
    return F.interpolate(small, (height, width), mode="bicubic")[0].round().clamp(0, 255)


def random(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("size", [(64, 64), (33, 47)])
def test_whole_numbers_and_the_same_again(size):
    for seed in range(12):
        planes = as_once_stored(crop(*size), random(seed))
        assert planes.shape == (3, *size) and torch.equal(planes, planes.round())
        assert planes[0].min() >= 0 and planes[0].max() <= 255 and planes[1:].abs().max() <= 128
        assert torch.equal(planes, as_once_stored(crop(*size), random(seed)))


@pytest.mark.parametrize("number", range(len(ORIGINS)))
def test_each_format_shows_nearly_the_crop(monkeypatch, number):
    """In the units that its decoder expects: then the colours are the old ones, but for what was rounded."""
    scales = origins_made._SCALES[number]
    monkeypatch.setattr(origins_made, "_SCALES", (scales,))
    monkeypatch.setattr(origins_made, "_JPEG", 0)
    planes = as_once_stored(crop(), random()).int()
    planes[0] += 16 * (number == 1)  # where black is in WebP
    shown = torch.stack(ORIGINS[number].to_rgb(*planes)).clamp(0, 255)
    assert (shown - crop()).abs().mean() < 4


def test_a_jpeg_is_a_real_one(monkeypatch):
    monkeypatch.setattr(origins_made, "_JPEG", 1)
    for seed in range(4):
        planes = as_once_stored(crop(), random(seed)).int()
        shown = torch.stack(ORIGINS[0].to_rgb(*planes)).clamp(0, 255)
        assert (shown - crop()).abs().mean() < 5


def test_ways_of_enlarging_keep_what_was_stored():
    halved = torch.randint(-90, 90, (1, 2, 8, 8)).float()
    at_even = origins_made._at_even_places(halved)
    assert torch.equal(at_even[..., ::2, ::2], halved)
    assert torch.allclose(at_even[..., ::2, 1:-1:2], (halved[..., :-1] + halved[..., 1:]) / 2)
    assert torch.equal(F.avg_pool2d(origins_made._repeated(halved), 2), halved)
    flat = torch.full((1, 2, 8, 8), 7.0)
    assert all(torch.equal(way(flat), torch.full((1, 2, 16, 16), 7.0)) for way in origins_made._ENLARGED)
