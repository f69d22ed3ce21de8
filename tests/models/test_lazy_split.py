"""Against the same things said slowly, place by place, in numpy."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from wlc.models.lazy_split import (
    COARSEST_SIDE,
    FEWER,
    KEPT,
    NEAREST,
    NEIGHBOURS,
    PHASES,
    Known,
    side_after,
    split_count,
    subsampled,
)

SIZES = [(1, 1), (1, 2), (2, 1), (2, 2), (3, 5), (8, 8), (9, 7), (17, 30)]
PARITIES = [KEPT, *(phase.parity for phase in PHASES)]


def halved(side: int) -> int:
    return (side + 1) // 2


def padded_to_even(planes: np.ndarray) -> np.ndarray:
    """One row or column of something else beyond an odd side, as a prediction would be there."""
    height, width = planes.shape[-2:]
    whole = np.random.default_rng(1).integers(300, 400, (*planes.shape[:2], 2 * halved(height), 2 * halved(width)))
    whole[..., :height, :width] = planes
    return whole


def known_of(whole: np.ndarray, phases: int) -> Known:
    """With so many phases filled in."""
    parts = {(y, x): torch.from_numpy(np.ascontiguousarray(whole[..., y::2, x::2])).float() for y, x in PARITIES}
    known = Known(parts[KEPT])
    for phase in PHASES[:phases]:
        known.add(phase.parity, parts[phase.parity])
    return known


def slow_neighbours(whole: np.ndarray, number: int, plane: int) -> np.ndarray:
    """Each neighbour is looked up by itself; beyond the edge stands the nearest one of the same parity."""
    phase = PHASES[number]
    count = NEIGHBOURS if plane == 0 else FEWER
    rows, columns = whole.shape[-2] // 2, whole.shape[-1] // 2
    result = np.zeros((len(whole), count, rows, columns), np.int64)
    for k, (down, right) in enumerate(phase.neighbours[:count]):
        for row, column in np.ndindex(rows, columns):
            y, x = 2 * row + phase.parity[0] + down, 2 * column + phase.parity[1] + right
            y = min(max(y, y % 2), 2 * rows - 2 + y % 2)
            x = min(max(x, x % 2), 2 * columns - 2 + x % 2)
            result[:, k, row, column] = whole[:, plane, y, x]
    return result


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("number", range(len(PHASES)))
def test_neighbours_are_where_they_should_be(size, number):
    whole = padded_to_even(np.random.default_rng(0).integers(0, 256, (2, 3, *size)))
    known = known_of(whole, number)
    rows = halved(size[0])
    for plane in range(3):
        expected = slow_neighbours(whole, number, plane)
        found = known.neighbours(PHASES[number], plane, slice(0, rows))
        assert np.array_equal(found.numpy(), expected)
        for top in range(0, rows, 3):  # strips are cut from the same
            strip = slice(top, min(top + 3, rows))
            assert np.array_equal(known.neighbours(PHASES[number], plane, strip).numpy(), expected[:, :, strip])


def test_phases_fill_what_is_missing_from_what_is_known():
    assert sorted(PARITIES) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    for number, phase in enumerate(PHASES):
        assert len(phase.neighbours) == len(set(phase.neighbours)) == NEIGHBOURS > FEWER > NEAREST
        distances = [y * y + x * x for y, x in phase.neighbours]
        assert max(distances[:NEAREST]) <= min(distances[NEAREST:])
        for down, right in phase.neighbours:
            assert ((phase.parity[0] + down) % 2, (phase.parity[1] + right) % 2) in PARITIES[: number + 1]
            assert (-down, -right) in phase.neighbours


@pytest.mark.parametrize("size", SIZES)
def test_joined_is_the_picture_again(size):
    planes = np.random.default_rng(2).integers(0, 256, (2, 3, *size))
    joined = known_of(padded_to_even(planes), len(PHASES)).joined(*size)
    assert np.array_equal(joined.numpy(), planes)


@given(st.integers(1, 70_000), st.integers(1, 70_000))
def test_split_count(height, width):
    count = split_count(height, width)
    sides = [height, width]
    for _ in range(count):
        assert max(sides) > COARSEST_SIDE
        sides = [halved(side) for side in sides]
    assert max(sides) <= COARSEST_SIDE
    assert sides == [side_after(height, count), side_after(width, count)]
    assert split_count(width, height) == count


@given(st.integers(1, 100), st.integers(1, 100), st.integers(0, 8))
def test_subsampled(height, width, splits):
    planes = torch.arange(height * width).view(1, 1, height, width)
    small = subsampled(planes, splits)
    assert small.shape[-2:] == (side_after(height, splits), side_after(width, splits))
    once_more = small[..., ::2, ::2]
    assert torch.equal(once_more, subsampled(planes, splits + 1))
    assert torch.equal(small[..., 0, 0].flatten(), torch.zeros(1, dtype=torch.long))
