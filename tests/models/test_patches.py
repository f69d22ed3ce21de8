"""Part by part is the same as at once."""

import pytest
import torch
from torch import nn

from wlc.models.patches import in_patches


@pytest.mark.parametrize("size", [(20, 20), (21, 64), (90, 33), (7, 50)])
def test_the_same_as_at_once(size):
    net = nn.Sequential(*(nn.Conv2d(2, 2, 3, padding=1, padding_mode="replicate") for _ in range(3)))
    x = torch.randn(2, 2, *size)
    with torch.no_grad():
        assert torch.allclose(in_patches(net, x, core=16, reach=3), net(x), atol=1e-5)
        assert in_patches(net, x, core=16, reach=2).sub(net(x)).abs().max() > 1e-4 or max(size) <= 16


def test_to_cells_and_back():
    x = torch.randn(1, 3, 80, 64)
    smaller = nn.AvgPool2d(4)
    assert torch.equal(in_patches(smaller, x, core=6, reach=1, cell=4), smaller(x))
    larger = nn.Upsample(scale_factor=4)
    assert torch.equal(in_patches(larger, x, core=9, reach=0, times=4), larger(x))


def test_no_part_is_larger_than_it_may_be():
    seen = []
    in_patches(lambda x: seen.append(x.shape[-2:]) or x, torch.zeros(1, 1, 100, 70), core=16, reach=3)
    assert len(seen) == 7 * 5 and max(max(shape) for shape in seen) == 22
