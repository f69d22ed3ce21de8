import math

import pytest
import torch

from wlc.models import reversible_colour
from wlc.models.integer_layers import TrainableConv
from wlc.models.sample_nets import LosslessConfig, SampleNets
from wlc.models.training.lossless_objective import Shape, bits_per_sample

CONFIG = LosslessConfig(8, 8, 1, 1)


@pytest.fixture
def nets() -> SampleNets:
    return SampleNets(CONFIG, TrainableConv)


@torch.no_grad()
@pytest.mark.parametrize("log_scale", [-3.0, -1.0, 0.0, 1.5, 3.0])
@pytest.mark.parametrize("centre", [0.0, 0.3])
def test_the_distribution_is_one(log_scale, centre):
    """What all levels take adds up to a probability of 1, whatever the scale."""
    errors = torch.arange(-3000, 3001) - centre
    for step in (1, 3, 9):
        some = errors[::1] if step == 1 else torch.arange(-3000, 3001) * step - centre
        bits = Shape().bits(some.double(), torch.full((len(some),), log_scale).double(), step)
        floors = len(some) * 2.0**-16
        assert torch.exp2(-bits).sum().item() - floors == pytest.approx(1, abs=2e-3)


@torch.no_grad()
def test_nearer_is_cheaper_and_a_miss_costs_no_more_than_the_floor():
    shape = Shape()
    errors = torch.linspace(0, 400, 300)
    for log_scale in (-3.0, 0.0, 3.0):
        bits = shape.bits(errors, torch.full_like(errors, log_scale))
        assert (bits.diff() >= -1e-5).all() and bits.max() <= 16
        assert torch.equal(bits, shape.bits(-errors, torch.full_like(errors, log_scale)))


@torch.no_grad()
def test_flat_costs_little_and_noise_all_it_has(nets):
    flat = bits_per_sample(nets, Shape(), torch.full((2, 3, 32, 32), 90.0), bf16=False).item()
    noise = bits_per_sample(nets, Shape(), torch.randint(0, 256, (2, 3, 32, 32)).float(), bf16=False).item()
    assert flat < 2.5 < 8 < noise < 16


@torch.no_grad()
def test_bits_are_counted_by_hand(nets):
    """Nothing learned yet: each sample costs what the mean of its four neighbours makes of it, at a scale of 1."""
    rgb = torch.randint(0, 40, (1, 3, 8, 8)).float()
    planes = reversible_colour.to_planes(rgb, reversible_colour.best_for(rgb))[0]
    errors = []
    for split in (0,):
        small = planes[:, :: 2**split, :: 2**split]
        known = torch.nn.functional.pad(small, (2, 2, 2, 2), mode="constant", value=math.nan)
        for parity, around in (
            ((1, 1), ((-1, -1), (-1, 1), (1, -1), (1, 1))),
            ((0, 1), ((0, -1), (0, 1), (-1, 0), (1, 0))),
            ((1, 0), ((0, -1), (0, 1), (-1, 0), (1, 0))),
        ):
            for y in range(parity[0], 8, 2):
                for x in range(parity[1], 8, 2):
                    total = torch.zeros(3)
                    for down, right in around:
                        row, column = y + down, x + right
                        row = min(max(row, row % 2), 6 + row % 2)
                        column = min(max(column, column % 2), 6 + column % 2)
                        total += known[:, row + 2, column + 2]
                    base = torch.floor(total / 4 + 0.5)
                    around_mean = base + (total - 4 * base) / 4
                    errors.append(small[:, y, x] - around_mean)
    expected = Shape().bits(torch.stack(errors), torch.zeros(()).expand(48, 3)).sum()
    found = bits_per_sample(nets, Shape(), planes[None], bf16=False) * planes.numel()
    assert found.item() == pytest.approx(expected.item(), rel=0.01)


@torch.no_grad()
def test_more_error_takes_fewer_bits(nets):
    rgb = torch.randint(0, 256, (1, 3, 32, 32)).float()
    bits = [bits_per_sample(nets, Shape(), rgb, False, error).item() for error in (0, 1, 4, 20)]
    assert bits == sorted(bits, reverse=True)


def test_every_net_that_is_used_gets_a_gradient(nets):
    torch.manual_seed(1)
    for name, weight in nets.named_parameters():
        if name.endswith("name.weight"):
            torch.nn.init.normal_(weight, std=0.01)
    shape = Shape()
    bits_per_sample(nets, shape, torch.randint(0, 256, (1, 3, 32, 32)).float(), False).backward()
    for name, parameter in [*nets.named_parameters(), *shape.named_parameters()]:
        assert parameter.grad is not None and torch.isfinite(parameter.grad).all(), name
        assert parameter.grad.any() or ".around." in name, name


@torch.no_grad()
def test_bfloat16_costs_about_the_same(nets):
    rgb = torch.randint(0, 256, (1, 3, 32, 32)).float()
    exact, rough = (bits_per_sample(nets, Shape(), rgb, bf16).item() for bf16 in (False, True))
    assert rough == pytest.approx(exact, rel=0.02)


@torch.no_grad()
@pytest.mark.parametrize("size", [(33, 32), (36, 40), (7, 9)])
def test_crops_whose_sides_do_not_halve_evenly(nets, size):
    assert bits_per_sample(nets, Shape(), torch.randint(0, 256, (1, 3, *size)).float(), False).isfinite()
