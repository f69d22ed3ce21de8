"""What is drawn, what it costs, and how coarsely the means may be rounded afterwards."""

import math

import pytest
import torch
from torch.distributions import Normal, kl_divergence

from wlc.models.training.posterior import Posterior, divergence, rounding_step


def test_the_divergence_is_that_of_torch():
    means, log_variance = 2 * torch.randn(2, 3, 5, 4), 3 * torch.randn(2, 3, 5, 4)
    nats = kl_divergence(Normal(means, (log_variance / 2).exp()), Normal(0.0, 1.0))
    assert torch.allclose(divergence(means, log_variance) * math.log(2), nats, rtol=1e-4, atol=1e-5)
    assert divergence(torch.zeros(1), torch.zeros(1)).item() == 0


def test_what_is_drawn():
    """About the mean, as far from it as the log-variance says, and from that of each place."""
    posterior = Posterior(2, 1)
    torch.nn.init.constant_(posterior.to_log_variance.weight, 0.5)
    torch.nn.init.constant_(posterior.to_log_variance.bias, -3.0)
    features = torch.tensor([0.0, 2.0]).view(1, 1, 1, 2).expand(4000, 2, 1, 2)
    means = torch.tensor([5.0, -1.0]).view(1, 1, 1, 2).expand(4000, 1, 1, 2)
    with torch.no_grad():
        drawn, bits = posterior(means, features)
    expected = torch.exp(torch.tensor([-3.0, -1.0]) / 2)
    assert torch.allclose(drawn.mean(dim=(0, 1, 2)), torch.tensor([5.0, -1.0]), atol=0.05)
    assert torch.allclose(drawn.std(dim=0).flatten(), expected, rtol=0.05)
    assert torch.allclose(bits[0], divergence(means, posterior.log_variance(features))[0])


def test_noise_has_a_price_and_a_use():
    """The divergence asks for more noise, the error for less; both slopes reach the layer that says how much."""
    means, features = torch.randn(2, 1, 8, 8), torch.randn(2, 4, 8, 8)
    slopes = []
    for what in (lambda drawn, bits: bits.mean(), lambda drawn, bits: (drawn - means).square().mean()):
        posterior = Posterior(4, 1)
        what(*posterior(means, features)).backward()
        assert posterior.to_log_variance.weight.grad.abs().sum() > 0
        slopes.append(posterior.to_log_variance.bias.grad.item())
    assert slopes[0] < 0 < slopes[1]


@pytest.mark.parametrize("deviation", [0.02, 0.4])
def test_rounding_is_as_strong_as_noise(deviation):
    step = rounding_step(torch.tensor(deviation**-2)).item()
    means = torch.linspace(-40, 40, 100_001) * deviation
    off = (means / step).round() * step - means
    assert off.square().mean().sqrt().item() == pytest.approx(deviation, rel=0.01)


def test_rounding_does_as_much_harm_as_noise_of_many_strengths():
    """Where noise was allowed to be strong, it did little harm; and a little finer or coarser is worse in sum."""
    variances = torch.rand(1000) + 0.01
    harm_of_error = 1 / variances  # what training balances: as much harm everywhere
    step = rounding_step((1 / variances).mean())
    assert (harm_of_error * step**2 / 12).mean().item() == pytest.approx(1, rel=1e-4)
    sums = [(harm_of_error * s**2 / 12).mean() / 2 - s.log() for s in (step * 0.9, step, step * 1.1)]
    assert sums[1] < min(sums[0], sums[2])
