import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from wlc.models import reversible_colour
from wlc.models.reversible_colour import DIFFERENCES_TO_GREEN, TRANSFORMS, best_for, to_planes, to_rgb

NUMBERS = range(len(TRANSFORMS))
NAMES = [transform.name for transform in TRANSFORMS]
DIFFERENCES, YCOCG, RED_WITH_GREEN, NONE = NUMBERS


def noise(depth: int, seed: int = 0, size: tuple[int, int] = (40, 50)) -> torch.Tensor:
    """With the extremes more often than chance would have them."""
    random = np.random.default_rng(seed)
    rgb = random.integers(0, 1 << depth, (1, 3, *size))
    extreme = random.random(rgb.shape) < 0.3
    return torch.from_numpy(np.where(extreme, random.integers(0, 2, rgb.shape) * ((1 << depth) - 1), rgb))


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    ("depth", "dtype"), [(8, torch.float32), (16, torch.float64), (8, torch.int32), (16, torch.int64)]
)
def test_every_sample_comes_back(number, depth, dtype):
    rgb = noise(depth).to(dtype)
    planes = to_planes(rgb, number)
    assert planes.dtype == dtype and planes.shape == rgb.shape
    assert torch.equal(to_rgb(planes, number), rgb)
    assert torch.equal(to_planes(rgb.int(), number).to(dtype), planes)  # halves are rounded down in floats as well


@settings(max_examples=200)
@given(st.integers(0, 3), st.tuples(*[st.integers(-(1 << 17), 1 << 17)] * 3))
def test_planes_that_no_picture_has_come_back_too(number, levels):
    """A decoder may be made to undo anything: with a bounded error, levels lie a little beyond their range."""
    planes = torch.tensor(levels).view(1, 3, 1, 1)
    assert torch.equal(to_planes(to_rgb(planes, number), number), planes)


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("depth", [8, 16])
def test_planes_fit_the_plain_bits_of_the_coarsest_samples(number, depth):
    """`lossless_encode` adds 2 << depth and writes depth + 2 bits. All corners of the cube of colours are looked at."""
    highest = (1 << depth) - 1
    near = torch.tensor([0, 1, highest // 2, highest - 1, highest])
    corners = torch.cartesian_prod(near, near, near).t().reshape(1, 3, -1, 1)
    planes = to_planes(torch.cat([corners, noise(depth).reshape(1, 3, -1, 1)], dim=2), number)
    plain = planes + (2 << depth)
    assert plain.min() >= 0 and plain.max() < 1 << depth + 2
    assert planes[:, 0].min() == 0 and planes[:, 0].max() == highest  # the brightness that the nets are told


def test_known_values():
    """Each is part of the file format."""
    rgb = torch.tensor([200, 100, 51]).view(1, 3, 1, 1)
    planes = [to_planes(rgb, number).flatten().tolist() for number in NUMBERS]
    assert planes == [[100, 100, -49], [112, 149, -25], [100, 100, -99], [100, 200, 51]]


def textured(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 20, (80, 90)).cumsum(axis=0).cumsum(axis=1) % 97


def picture(red: np.ndarray, green: np.ndarray, blue: np.ndarray) -> torch.Tensor:
    samples = np.stack([red, green, blue]).round().clip(0, 255).astype(np.int32)
    return torch.from_numpy(samples)[None]


def test_gray_is_differences():
    gray = textured() + 60
    assert best_for(picture(gray, gray, gray)) == DIFFERENCES


def test_colours_stay_as_they_are_where_green_is_noise_of_its_own():
    """To take it from the others would spread it."""
    random = np.random.default_rng(1)
    red, blue = (random.integers(100, 104, (80, 90)) for _ in range(2))
    assert best_for(picture(red, random.integers(0, 256, (80, 90)), blue)) == NONE


def test_blue_that_follows_red_and_green():
    green, red = 100 + textured(2), 100 + textured(3)
    blue = green + (red - green) // 2
    assert best_for(picture(red, green, blue)) == RED_WITH_GREEN


def test_noise_of_its_own_in_each_colour_is_averaged():
    """Red and blue share what green lacks: then half their sum, and their difference, are what is cheap."""
    base, other = 100 + textured(4) / 2, textured(5) / 2
    assert best_for(picture(base + other, base, base + other)) == YCOCG


@pytest.mark.parametrize("seed", range(3))
def test_the_choice_depends_on_nothing_but_the_picture(seed):
    rgb = noise(8, seed, (70, 33)) // 3
    chosen = best_for(rgb)
    for same in (rgb.int(), rgb.float(), rgb.double(), rgb.contiguous(memory_format=torch.channels_last), rgb.clone()):
        assert best_for(same) == chosen
    for threads in (1, 2):
        torch.set_num_threads(threads)
        assert best_for(rgb) == chosen


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (2, 1)])
def test_too_small_to_tell(size):
    assert best_for(torch.randint(0, 256, (1, 3, *size))) == DIFFERENCES_TO_GREEN


@pytest.mark.parametrize("size", [(2, 2), (3, 2), (63, 5), (64, 5), (65, 5), (128, 2), (129, 2), (300, 3)])
def test_any_other_size_has_a_choice(size):
    assert best_for(noise(8, size=size)) in NUMBERS


def test_the_sampled_rows_reach_the_bottom(monkeypatch):
    """Every second row of 128: changed rows among those looked at change the cost."""
    rgb = noise(8, size=(128, 8))
    seen = []
    monkeypatch.setattr(reversible_colour, "cost", lambda above, here: seen.append(here.shape[-2]) or 0)
    best_for(rgb)
    assert seen == [64] * len(TRANSFORMS)
