"""One dimension, in float64, against PyWavelets."""

import numpy as np
import pytest
import pywt

from wlc.models import filters

LENGTHS = [2, 4, 6, 8, 10, 16, 30, 64]


@pytest.mark.parametrize("length", LENGTHS)
def test_one_level_is_that_of_pywavelets(length):
    signal = np.random.default_rng(length).normal(size=length)
    low, high = pywt.dwt(signal, "bior4.4", mode="reflect")
    ours = filters.level_matrix(length, "analysis") @ signal
    assert np.abs(ours[0::2] - low[2:-2]).max() < 1e-12
    assert np.abs(ours[1::2] - high[2:-2]).max() < 1e-12


@pytest.mark.parametrize("length", LENGTHS)
def test_synthesis_is_the_inverse(length):
    product = filters.level_matrix(length, "synthesis") @ filters.level_matrix(length, "analysis")
    assert np.abs(product - np.eye(length)).max() < 1e-10


def test_a_constant_has_no_details_and_grows_by_the_root_of_two():
    bands = filters.level_matrix(16, "analysis") @ np.ones(16)
    assert np.allclose(bands[0::2], 2**0.5)
    assert np.abs(bands[1::2]).max() < 1e-10


@pytest.mark.parametrize("length", [1, 2, 3, 5, 8])
def test_reflection_is_that_of_numpy(length):
    before, after = 3 * length, 2 * length + 1
    expected = np.pad(np.arange(length), (before, after), mode="reflect")
    assert np.array_equal(filters.reflected(-before, length + after, length), expected)


@pytest.mark.parametrize("levels", [0, 1, 2, 3])
def test_packets_split_every_band_again(levels):
    """Band b of block i stands in row i * 2^levels + b; the first level decides the first bit of b."""
    length = 64
    signal = np.random.default_rng(levels).normal(size=length)
    bands = [signal]
    for _ in range(levels):
        bands = [half[2:-2] for band in bands for half in pywt.dwt(band, "bior4.4", mode="reflect")]
    ours = filters.packet_matrix(length, levels) @ signal
    assert np.abs(ours.reshape(-1, 2**levels).T - np.stack(bands)).max() < 1e-12
