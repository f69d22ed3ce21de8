"""The likeness of the coder's bits: it can be learned from, and it looks where the coder looks."""

import numpy as np
import pytest
import torch

from wlc.models.training.plane_rate import PlaneRate


def learned(values: torch.Tensor, steps: int = 150) -> tuple[PlaneRate, float]:
    rate = PlaneRate(values.shape[1])
    optimiser = torch.optim.Adam(rate.parameters(), lr=0.05)
    for _ in range(steps):
        bits = rate(values).mean()
        optimiser.zero_grad()
        bits.backward()
        optimiser.step()
    return rate, bits.item()


def test_fewer_and_smaller_numbers_cost_less():
    torch.manual_seed(0)
    values = torch.randn(2, 3, 16, 16) * 5
    rate = PlaneRate(3)
    assert rate(values / 10).mean() < 0.7 * rate(values).mean()
    assert rate(values).shape == (2,)


def test_it_has_a_slope_that_makes_numbers_smaller():
    values = (torch.randn(1, 2, 12, 12) * 3).requires_grad_()
    PlaneRate(2)(values).sum().backward()
    assert (values.grad * values).mean() > 0


def test_it_comes_near_the_entropy_of_what_nothing_predicts():
    torch.manual_seed(1)
    values = torch.from_numpy(np.random.default_rng(0).logistic(scale=3, size=(1, 1, 64, 64))).float().round()
    _, counts = torch.unique(values, return_counts=True)
    entropy = -(counts * torch.log2(counts / counts.sum())).sum().item()
    assert learned(values)[1] == pytest.approx(entropy, rel=0.06)


def test_smooth_planes_are_predicted_and_earlier_ones_are_looked_at():
    torch.manual_seed(2)
    y, x = torch.meshgrid(torch.arange(32.0), torch.arange(32.0), indexing="ij")
    smooth = 60 * torch.sin(x / 6) + 40 * torch.cos(y / 5)
    busy = 0.2 + 6 * (torch.rand(32, 32) < 0.2)
    noise = torch.randn(2, 32, 32) * busy
    together = torch.stack([smooth, *noise])[None]
    rate, bits = learned(together)
    assert rate.share[0] > 0.9 and rate.share[1].abs() < 0.3
    apart = sum(learned(plane[None, None])[1] for plane in together[0])
    assert bits < 0.99 * apart
