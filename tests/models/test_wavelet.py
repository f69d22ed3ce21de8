"""Wavelet packets against two other implementations, PyWavelets and pytorch_wavelets."""

import warnings

import numpy as np
import pytest
import pywt
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from wlc.models import filters, wavelet

SIZES = [(64, 64), (64, 128), (128, 192), (320, 192), (192, 448)]


def packets_by_pywavelets(planes: np.ndarray, levels: int) -> np.ndarray:
    """(3, H, W) to (3 * 4^levels, h, w), level by level on all bands, ordered as ours."""
    bands = {(0, 0): planes.astype(np.float64)}
    for _ in range(levels):
        bands = {
            (2 * row + below, 2 * column + right): part
            for (row, column), band in bands.items()
            for below, rows in enumerate(halves(band, axis=-2))
            for right, part in enumerate(halves(rows, axis=-1))
        }
    side = 2**levels
    return np.concatenate([bands[divmod(band, side)] for band in wavelet.band_order(levels)])


def halves(signal: np.ndarray, axis: int) -> list[np.ndarray]:
    """PyWavelets keeps two more coefficients on each side than a transform that does not grow needs."""
    both = pywt.dwt(signal, "bior4.4", mode="reflect", axis=axis)
    return [np.moveaxis(np.moveaxis(half, axis, 0)[2:-2], 0, axis) for half in both]


@pytest.mark.parametrize("size", SIZES)
def test_analysis_is_that_of_pywavelets(size):
    planes = torch.randn(1, 3, *size)
    expected = packets_by_pywavelets(planes[0].numpy(), wavelet.LEVELS)
    ours = wavelet.analyse(planes)[0].numpy()
    assert ours.shape == expected.shape
    assert np.abs(ours - expected).max() < 1e-5


@pytest.mark.parametrize("levels", [0, 1, 2])
def test_fewer_levels_too(levels):
    planes = torch.randn(1, 3, 64, 96)
    ours = wavelet.analyse(planes, levels)[0].numpy()
    assert np.abs(ours - packets_by_pywavelets(planes[0].numpy(), levels)).max() < 1e-5


@pytest.fixture
def periodic_wavelet():
    """pytorch_wavelets, one level; its import warns of pkg_resources."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pytorch_wavelets import DWTForward
    return DWTForward(J=1, wave="bior4.4", mode="periodization")


def natural_place(band: int, levels: int) -> int:
    """Where a band lands when all channels are split again and again: a digit a level, rows in its low bit."""
    row, column = divmod(band, 2**levels)
    digits = [(row >> level & 1) + 2 * (column >> level & 1) for level in reversed(range(levels))]
    return sum(digit * 4**level for digit, level in zip(digits, reversed(range(levels)), strict=True))


def test_inside_it_is_that_of_pytorch_wavelets(periodic_wavelet):
    """That one wraps around at the borders, so only what lies further in can be alike. Its channel order is the
    natural one: (plane, first split, second split, third split)."""
    planes = torch.randn(1, 3, 256, 320)
    split = planes
    for _ in range(wavelet.LEVELS):
        low, details = periodic_wavelet(split)
        split = torch.cat([low.unsqueeze(2), details[0]], dim=2).flatten(1, 2)
    natural = split.unflatten(1, (3, -1))[0]  # (3, 64, h, w)
    order = [natural_place(band, wavelet.LEVELS) for band in wavelet.band_order(wavelet.LEVELS)]
    expected = natural[:, order].transpose(0, 1).flatten(0, 1)
    margin = wavelet.CHUNK
    inside = (..., slice(margin, -margin), slice(margin, -margin))
    assert (wavelet.analyse(planes)[0] - expected)[inside].abs().max() < 1e-5


@pytest.mark.parametrize("mode", ["periodization", "zero"])
def test_gradients_of_pytorch_wavelets_can_be_trusted_with_even_sizes(mode, periodic_wavelet):
    """The transform is linear, so its gradient times its input is its output. (For 'reflect' and 'symmetric' the
    same sum is wrong, which is why those modes must not be trained with.)"""
    transform = type(periodic_wavelet)(J=1, wave="bior4.4", mode=mode)
    planes = torch.randn(1, 3, 16, 24, requires_grad=True)
    low, (details,) = transform(planes)
    total = (low * torch.randn_like(low)).sum() + (details * torch.randn_like(details)).sum()
    (gradient,) = torch.autograd.grad(total, planes)
    assert (gradient * planes).sum().item() == pytest.approx(total.item(), abs=1e-3)


def test_the_coarsest_band_is_the_picture_times_eight():
    coefficients = wavelet.analyse(torch.full((1, 3, 64, 64), 5.0))
    assert torch.allclose(coefficients[:, :3], torch.tensor(40.0), atol=1e-4)
    assert coefficients[:, 3:].abs().max() < 1e-4


def test_nearly_orthonormal():
    """White noise keeps its energy to a few percent: an error in the coefficients is about as large in the picture."""
    planes = torch.randn(1, 3, 256, 256)
    assert wavelet.analyse(planes).square().mean() == pytest.approx(1, abs=0.1)
    assert wavelet.synthesise(torch.randn(1, 192, 32, 32)).square().mean() == pytest.approx(1, abs=0.1)


def test_bands_go_from_coarse_to_fine():
    order = wavelet.band_order(3)
    assert sorted(order) == list(range(64))
    assert [divmod(band, 8) for band in order[:4]] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert {divmod(band, 8) for band in order[:16]} == {(row, column) for row in range(4) for column in range(4)}


def test_memory_lies_channels_last():
    assert wavelet.analyse(torch.randn(1, 3, 64, 128)).is_contiguous(memory_format=torch.channels_last)


@settings(max_examples=15)
@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 2), st.integers(0, 3))
def test_synthesis_inverts_analysis(rows, columns, batch, levels):
    planes = torch.randn(batch, 3, 64 * rows, 64 * columns)
    back = wavelet.synthesise(wavelet.analyse(planes, levels), levels)
    assert back.shape == planes.shape
    assert (back - planes).abs().max() < 2e-5


@settings(max_examples=10)
@given(st.integers(1, 4), st.integers(1, 4))
def test_analysis_inverts_synthesis(rows, columns):
    coefficients = torch.randn(1, 192, 8 * rows, 8 * columns)
    assert (wavelet.analyse(wavelet.synthesise(coefficients)) - coefficients).abs().max() < 2e-5


@pytest.mark.parametrize("levels", [0, 1, 2])
def test_a_smaller_picture_from_the_coarse_bands(levels):
    """It is the low band that a dyadic transform of fewer levels leaves, and a constant stays a constant."""
    planes = torch.randn(1, 3, 128, 192)
    kept = wavelet.analyse(planes)[:, : 3 * 4**levels]
    low = planes[0].double().numpy()
    for _ in range(wavelet.LEVELS - levels):
        low = halves(halves(low, axis=-2)[0], axis=-1)[0]
    smaller = wavelet.synthesise(kept, levels)[0].numpy()
    assert smaller.shape == low.shape
    assert np.abs(smaller - low).max() < 2e-5


@pytest.mark.parametrize("size", [(64, 64), (64, 128), (192, 256)])
@pytest.mark.parametrize("direction", ["analyse", "synthesise"])
def test_gradients_are_those_of_a_linear_map(size, direction):
    """Of a linear map: the gradient of <w, map(x)> by x, times any y, is <w, map(y)>."""
    transform = getattr(wavelet, direction)
    shape = (1, 3, *size) if direction == "analyse" else (1, 192, size[0] // 8, size[1] // 8)
    at, elsewhere = torch.randn(2, *shape, dtype=torch.float64)
    at.requires_grad_()
    result = transform(at)
    weights = torch.randn_like(result)
    (gradient,) = torch.autograd.grad((result * weights).sum(), at)
    expected = (weights * transform(elsewhere)).sum().item()
    assert (gradient * elsewhere).sum().item() == pytest.approx(expected, abs=1e-8)


def test_gradients_by_finite_differences():
    planes = torch.randn(1, 1, 8, 24, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: wavelet.analyse(x, 0) + wavelet.synthesise(x, 0), planes)
    planes = torch.randn(1, 1, 16, 32, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: wavelet.analyse(x, 1), planes)


def test_an_impulse_reaches_no_further_than_a_chunk():
    """The windows that large pictures are computed in stand on this."""
    coefficients = torch.zeros(1, 192, 40, 40)
    coefficients[:, :, 20, 20] = torch.randn(192)
    planes = wavelet.synthesise(coefficients)
    touched = (planes.abs().amax(dim=(0, 1)) > 1e-6).nonzero()
    assert touched.min() >= (20 - wavelet.CHUNK) * 8 and touched.max() < (21 + wavelet.CHUNK) * 8
    picture = torch.zeros(1, 3, 320, 320)
    picture[:, :, 160:168, 160:168] = torch.randn(8, 8)
    touched = (wavelet.analyse(picture).abs().amax(dim=(0, 1)) > 1e-6).nonzero()
    assert touched.min() >= 20 - wavelet.CHUNK and touched.max() <= 20 + wavelet.CHUNK


def test_the_matrices_hold_all_of_the_transform():
    """Chunks see one neighbour on each side; a transform of the whole length at once must not see more."""
    size = wavelet.CHUNK * 8
    whole = filters.packet_matrix(7 * size, 3)
    for matrix in (whole, np.linalg.inv(whole)):
        beyond = matrix.reshape(7, size, 7, size).copy()
        for chunk in range(7):
            beyond[chunk, :, max(chunk - 1, 0) : chunk + 2] = 0
        assert np.abs(beyond).max() < 1e-9
