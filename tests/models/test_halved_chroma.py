"""Enlargements against what decoders really do, and against their definitions in whole numbers."""

import numpy as np
import pytest
import torch

from wlc.models.halved_chroma import Between, EverySecond


def halved(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(height).integers(-128, 128, (1, 2, height, width))


def at(plane: np.ndarray, row: int, column: int) -> int:
    """Beyond the edge, the nearest."""
    return int(plane[min(max(row, 0), plane.shape[0] - 1), min(max(column, 0), plane.shape[1] - 1)])


@pytest.mark.parametrize("right", [7, 8])
@pytest.mark.parametrize("size", [(1, 1), (3, 5), (6, 4)])
def test_between_four_places(right, size):
    small = halved(*size)
    whole = Between(right).enlarge(torch.from_numpy(small).float())
    assert whole.shape == (1, 2, 2 * size[0], 2 * size[1])
    for plane, large in zip(small[0], whole[0].numpy(), strict=True):
        for row, column in np.ndindex(*large.shape):
            i, j = row // 2, column // 2
            down, beside = i + 2 * (row % 2) - 1, j + 2 * (column % 2) - 1
            mixed = 9 * at(plane, i, j) + 3 * at(plane, down, j) + 3 * at(plane, i, beside) + at(plane, down, beside)
            assert large[row, column] == (mixed + (right if column % 2 else 8)) // 16


@pytest.mark.parametrize("start", [(0, 0), (0, 1), (1, 0), (1, 1)])
@pytest.mark.parametrize("size", [(1, 1), (3, 5), (6, 4)])
def test_at_every_second_place(start, size):
    small = halved(*size)
    whole = EverySecond(*start).enlarge(torch.from_numpy(small).float())
    for plane, large in zip(small[0], whole[0].numpy(), strict=True):
        for row, column in np.ndindex(*large.shape):
            rows = {(row - start[0]) // 2, -((start[0] - row) // 2)}  # the stored rows on both sides, or its own
            columns = {(column - start[1]) // 2, -((start[1] - column) // 2)}
            around = [at(plane, i, j) for i in rows for j in columns]
            assert large[row, column] == (sum(around) + len(around) // 2) // len(around)
