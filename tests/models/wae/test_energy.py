import pytest
import torch

from wlc.models.wae.energy import high_share


def test_the_mean_is_no_energy():
    low, high = torch.tensor([[[10.0, 12.0]]]), torch.tensor([[[5.0, 5.0]]])
    assert high_share(low, high) == 0
    high[0, 0, 1] = 7
    assert high_share(low, high) == pytest.approx(0.5)
    assert high_share(low + 100, high - 50) == pytest.approx(0.5)


def test_nothing_at_all():
    assert high_share(torch.zeros(3, 2, 2), torch.zeros(3, 2, 2)) == 0
