import pytest
import torch

from wlc.models.groups import GROUPS
from wlc.models.quantiser import GAIN_POINTS, RATE_INDICES, Gains, step, trade_off

QUALITIES = torch.arange(RATE_INDICES)


def test_steps_fall_as_the_quality_rises():
    assert (step(QUALITIES).diff() < 0).all()
    assert (trade_off(QUALITIES).diff() > 0).all()


def test_end_points():
    """A file says only the index: these numbers can never change."""
    assert trade_off(0).item() == pytest.approx(0.0002)
    assert trade_off(255).item() == pytest.approx(1.2)
    assert step(0).item() == pytest.approx((26 / 0.0002) ** 0.5)
    assert step(255).item() == pytest.approx((26 / 1.2) ** 0.5)


def test_each_quality_is_the_same_ratio_from_the_next():
    ratios = step(QUALITIES)[1:] / step(QUALITIES)[:-1]
    assert ratios.max() - ratios.min() < 1e-9


def test_gains_start_at_one():
    gains = Gains()(torch.tensor([0, 100, 255]))
    assert [tuple(gain.shape) for gain in gains] == [(3, group.channels, 1, 1) for group in GROUPS]
    assert all(torch.equal(gain, torch.ones_like(gain)) for gain in gains)


def test_gains_pass_through_their_points_and_run_straight_between():
    gains = Gains()
    torch.nn.init.normal_(gains.log)
    apart = (RATE_INDICES - 1) // (GAIN_POINTS - 1)  # 51: the points lie on whole qualities

    def log_gains(*qualities: float) -> torch.Tensor:
        return torch.cat(gains(torch.tensor(qualities)), dim=1).log()[..., 0, 0]

    on_points = log_gains(*(apart * point for point in range(GAIN_POINTS)))
    assert torch.allclose(on_points, gains.log, atol=1e-5)
    between = log_gains(51 * 2 + 17)[0]
    assert torch.allclose(between, gains.log[2] * 2 / 3 + gains.log[3] / 3, atol=1e-5)


def test_each_of_a_batch_has_its_own_gains():
    gains = Gains()
    torch.nn.init.normal_(gains.log)
    together = gains(torch.tensor([3, 200]))
    for number, quality in enumerate((3, 200)):
        alone = gains(torch.tensor([quality]))
        assert all(torch.equal(a[0], b[number]) for a, b in zip(alone, together, strict=True))
