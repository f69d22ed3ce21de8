import pytest
import torch
from torch.nn import functional as F

from wlc.models.groups import BLOCK, CHANNELS, GROUPS, LEVELS, PLANES, first_half


def test_as_many_symbols_as_samples():
    """A block of pixels in three planes becomes exactly as many symbols, none twice and none lost."""
    places = [(BLOCK // 8 >> group.shift) ** 2 for group in GROUPS]
    assert sum(group.channels * n for group, n in zip(GROUPS, places, strict=True)) == PLANES * BLOCK**2
    assert sum(group.channels for group in GROUPS) == CHANNELS == 219


def test_coarse_to_fine():
    assert [group.level for group in GROUPS] == sorted(group.level for group in GROUPS)
    assert [group.shift for group in GROUPS] == sorted((group.shift for group in GROUPS), reverse=True)
    assert {group.level for group in GROUPS} == set(range(LEVELS))


@pytest.mark.parametrize("level", range(LEVELS))
def test_a_level_completes_a_smaller_picture(level):
    """Up to a level there are as many symbols as the picture that it gives has samples."""
    known = sum(group.channels * (8 >> group.shift) ** 2 for group in GROUPS if group.level <= level)
    assert known == PLANES * (8 * 2**level) ** 2


@pytest.mark.parametrize("size", [(12, 1, 1), (9, 2, 3), (36, 5, 4)])
def test_second_half_has_seen_its_neighbours(size):
    first = first_half(*size)
    assert first.dtype == torch.bool and first.shape == (1, *size)
    neighbours = torch.zeros(size[0], 1, 3, 3)
    neighbours[:, 0, [0, 1, 1, 2], [1, 0, 2, 1]] = 1
    known = F.conv2d(first.float(), neighbours, padding=1, groups=size[0])
    there = F.conv2d(torch.ones(1, *size), neighbours, padding=1, groups=size[0])
    assert torch.equal(known[~first], there[~first])
    assert known[first].sum() == 0  # and so has the first half in the second


@pytest.mark.parametrize("size", [(12, 2, 2), (144, 3, 4)])
def test_halves_are_halves(size):
    first = first_half(*size)
    assert first.sum() == (~first).sum()
