"""The estimate of what codes cost: more where they cannot be foretold, with a slope that says so."""

import torch

from wlc.models.training.code_rate import CodeRate


def bits(values: torch.Tensor) -> float:
    return CodeRate(values.shape[1])(values).mean().item()


def test_smooth_planes_are_cheaper():
    y, x = torch.meshgrid(torch.arange(24.0), torch.arange(24.0), indexing="ij")
    ramp = (3 * x + 2 * y)[None, None]
    noise = torch.randint(-20, 21, (1, 1, 24, 24)).float()
    flat = torch.zeros(1, 1, 24, 24)
    assert bits(flat) < bits(noise.div(5).round()) < bits(noise)
    assert bits(ramp) < bits(ramp + noise)


def test_it_is_a_code_length():
    """Of each number, given its neighbours: probabilities of all that it could be sum to about one."""
    rate = CodeRate(1)
    plane = torch.randint(-3, 4, (1, 1, 5, 5)).float()
    planes = plane.repeat(81, 1, 1, 1)
    planes[:, 0, 2, 2] = torch.arange(-40.0, 41.0)
    with torch.no_grad():
        share = torch.exp2(-rate(planes)[:, 0, 2, 2]).sum()
    assert 0.6 < share.item() < 1.1  # of three distributions mixed by their code lengths: never more than all of it


def test_it_falls_along_its_slope():
    values = (6 * torch.randn(2, 2, 12, 12)).requires_grad_()
    rate = CodeRate(2)
    before = rate(values).sum()
    before.backward()
    with torch.no_grad():
        after = rate(values - 0.05 * values.grad).sum()
    assert after < before
    assert all(parameter.grad.abs().sum() > 0 for parameter in rate.parameters())
