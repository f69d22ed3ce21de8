"""Packets against PyWavelets, in value and in order, and against the buffers that pytorch_wavelets would have."""

import warnings

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from wlc.models.walloc.packets import Analysis1D, Analysis2D, Synthesis1D, Synthesis2D

from . import reference


def repeated(transform: torch.nn.Module, x: torch.Tensor, J: int) -> torch.Tensor:
    for _ in range(J):
        x = transform(x)
    return x


@pytest.mark.parametrize(
    ("channels", "J", "size"), [(3, 3, (64, 96)), (1, 1, (20, 12)), (2, 2, (16, 40)), (3, 3, (8, 8))]
)
def test_pictures(channels, J, size):
    x = torch.randn(2, channels, *size)
    packets = repeated(Analysis2D(), x, J)
    assert packets.shape == (2, channels * 4**J, size[0] // 2**J, size[1] // 2**J)
    expected = np.stack([reference.packets_2d(picture.double().numpy(), J) for picture in x])
    assert np.abs(packets.numpy() - expected).max() < 1e-5
    back = repeated(Synthesis2D(), packets, J)
    assert (back - x).abs().max() < 1e-5
    expected = reference.samples_2d(packets[0].double().numpy(), J)
    assert np.abs(back[0].numpy() - expected).max() < 1e-5


@pytest.mark.parametrize(("channels", "J", "length"), [(2, 8, 2048), (1, 1, 10), (2, 3, 80), (2, 2, 4)])
def test_sound(channels, J, length):
    x = torch.randn(2, channels, length)
    packets = repeated(Analysis1D(), x, J)
    assert packets.shape == (2, channels * 2**J, length // 2**J)
    expected = np.stack([reference.packets_1d(signal.double().numpy(), J) for signal in x])
    assert np.abs(packets.numpy() - expected).max() < 1e-5
    back = repeated(Synthesis1D(), packets, J)
    assert (back - x).abs().max() < 1e-5
    expected = reference.samples_1d(packets[0].double().numpy(), J)
    assert np.abs(back[0].numpy() - expected).max() < 1e-5


def test_which_band_is_which():
    """Lines across the picture are high along its height, and that is band 1; columns are high along its width."""
    alternating = torch.tensor([1.0, -1.0]).repeat(16)
    split = Analysis2D()
    energy = split(alternating.view(1, 1, 32, 1).expand(1, 1, 32, 32)).square().sum((0, 2, 3))
    assert energy.argmax() == 1 and energy[1] > 0.99 * energy.sum()
    energy = split(alternating.view(1, 1, 1, 32).expand(1, 1, 32, 32)).square().sum((0, 2, 3))
    assert energy.argmax() == 2 and energy[2] > 0.99 * energy.sum()


def test_buffers_are_those_of_pytorch_wavelets():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pytorch_wavelets import DWT1DForward, DWT1DInverse, DWTForward, DWTInverse
    how = {"wave": "bior4.4", "mode": "periodization"}
    pairs = [
        (Analysis2D(), DWTForward(J=1, **how)),
        (Synthesis2D(), DWTInverse(**how)),
        (Analysis1D(), DWT1DForward(J=1, **how)),
        (Synthesis1D(), DWT1DInverse(**how)),
    ]
    for ours, theirs in pairs:
        held, expected = ours.state_dict(), theirs.state_dict()
        assert sorted(held) == sorted(expected)
        assert all(torch.equal(held[name], expected[name]) for name in expected)


@settings(max_examples=15)
@given(st.integers(1, 20), st.integers(1, 20), st.integers(1, 3))
def test_synthesis_inverts_analysis(rows, columns, channels):
    x = torch.randn(1, channels, 2 * rows, 2 * columns)
    assert (Synthesis2D()(Analysis2D()(x)) - x).abs().max() < 1e-5


@pytest.mark.parametrize("shape", [(1, 3, 15, 16), (1, 3, 16, 15), (1, 3, 0, 16)])
def test_sides_that_cannot_be_halved(shape):
    with pytest.raises(ValueError, match="pad to multiples"):
        Analysis2D()(torch.zeros(shape))
    with pytest.raises(ValueError, match="pad to multiples"):
        Analysis1D()(torch.zeros(1, 2, 7))


def test_gradients():
    x = torch.randn(1, 1, 4, 6, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: Synthesis2D()(2 * Analysis2D()(x)), x)
