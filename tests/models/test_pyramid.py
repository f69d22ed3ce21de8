import numpy as np
import pytest
import pywt
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from wlc.models import pyramid


def quarters_by_pywavelets(plane: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    """Low; then the details right, below, diagonal. Cut to what a transform that does not grow keeps."""
    low, (below, right, diagonal) = pywt.dwt2(plane, "bior4.4", mode="reflect", axes=(-2, -1))
    inner = (..., slice(2, -2), slice(2, -2))
    return low[inner], [right[inner], below[inner], diagonal[inner]]


@pytest.mark.parametrize("size", [(8, 8), (16, 8), (24, 40), (64, 48)])
def test_analysis_is_that_of_pywavelets(size):
    low = torch.randn(1, 3, *size)
    plane = low[0].double().numpy()
    expected = []
    for _ in range(pyramid.LEVELS):
        plane, details = quarters_by_pywavelets(plane)
        expected.insert(0, np.concatenate(details))
    expected[0] = np.concatenate([plane, expected[0]])
    for ours, theirs in zip(pyramid.analyse(low), expected, strict=True):
        assert ours[0].shape == theirs.shape
        assert np.abs(ours[0].numpy() - theirs).max() < 1e-5


@settings(max_examples=20)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 2))
def test_there_and_back(rows, columns, batch):
    low = torch.randn(batch, 3, 8 * rows, 8 * columns)
    groups = pyramid.analyse(low)
    assert [tuple(group.shape) for group in groups] == [
        (batch, 12, rows, columns),
        (batch, 9, 2 * rows, 2 * columns),
        (batch, 9, 4 * rows, 4 * columns),
    ]
    assert (pyramid.synthesise(groups) - low).abs().max() < 1e-5


def test_a_constant_needs_three_numbers():
    groups = pyramid.analyse(torch.full((1, 3, 8, 8), 3.0))
    assert torch.allclose(groups[0][:, :3], torch.tensor(24.0), atol=1e-4)
    assert groups[0][:, 3:].abs().max() < 1e-4
    assert max(group.abs().max() for group in groups[1:]) < 1e-4


def test_join_undoes_split():
    x = torch.randn(1, 3, 10, 6)
    low, details = pyramid.split(x)
    assert low.shape == (1, 3, 5, 3) and details.shape == (1, 9, 5, 3)
    assert (pyramid.join(low, details) - x).abs().max() < 1e-5


def test_gradients():
    low = torch.randn(1, 1, 8, 16, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: pyramid.analyse(x.expand(1, 3, -1, -1)), low)
    groups = [g.detach().requires_grad_() for g in pyramid.analyse(torch.randn(1, 3, 8, 8, dtype=torch.float64))]
    assert torch.autograd.gradcheck(lambda *x: pyramid.synthesise(list(x))[:, :1], groups)
