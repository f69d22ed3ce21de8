"""The promises of a search hold even where sizes do not grow as they should."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wlc.bitstream.errors import WlcError
from wlc.search import largest_within_size, nearest_quality, quality_to_rate_index, smallest_with_psnr

MOST = 12


class Encoder:
    """Files of given sizes, and a count of how many were made."""

    def __init__(self, sizes: list[int], psnrs: list[float] | None = None) -> None:
        self.sizes, self.psnrs, self.calls = sizes, psnrs, 0

    def encode(self, rate_index: int) -> bytes:
        self.calls += 1
        return bytes(self.sizes[rate_index])

    def measure(self, rate_index: int) -> tuple[bytes, float]:
        return self.encode(rate_index), self.psnrs[rate_index]


def test_qualities_and_rate_indices():
    assert [quality_to_rate_index(quality) for quality in (1, 60, 100)] == [0, 152, 255]
    assert all(nearest_quality(quality_to_rate_index(quality)) == quality for quality in range(1, 101))
    assert sorted({nearest_quality(index) for index in range(256)}) == list(range(1, 101))
    for quality in (0, 0.99, 100.01, 101, -1, float("nan")):
        with pytest.raises(ValueError):
            quality_to_rate_index(quality)


@pytest.mark.parametrize("wanted", [0, 1, 100, 254, 255])
def test_the_finest_that_fits_is_found(wanted):
    encoder = Encoder([100 + 7 * index for index in range(256)])
    budget = 100 + 7 * wanted + 3
    rate_index, data = largest_within_size(encoder.encode, budget)
    assert rate_index == wanted and len(data) == 100 + 7 * wanted and encoder.calls <= MOST


def test_too_small_a_size_names_the_smallest_there_is():
    encoder = Encoder([100 + index for index in range(256)])
    with pytest.raises(WlcError, match="99 bytes are too few.* 100$"):
        largest_within_size(encoder.encode, 99)
    assert encoder.calls <= MOST


@given(st.lists(st.integers(1, 500), min_size=256, max_size=256), st.integers(1, 500))
def test_a_size_is_never_exceeded(sizes, budget):
    encoder = Encoder(sizes)
    try:
        rate_index, data = largest_within_size(encoder.encode, budget)
    except WlcError:
        assert sizes[0] > budget
    else:
        assert len(data) == sizes[rate_index] <= budget
    assert encoder.calls <= MOST


@pytest.mark.parametrize("wanted", [0, 1, 100, 254, 255])
def test_the_smallest_that_is_good_enough_is_found(wanted):
    encoder = Encoder(list(range(1, 257)), list(np.linspace(20, 45.5, 256)))
    found = smallest_with_psnr(encoder.measure, 20 + wanted / 10 - 0.03)
    assert found.rate_index == wanted and len(found.data) == wanted + 1 and encoder.calls <= MOST


def test_too_high_a_psnr_names_the_best_there_is():
    encoder = Encoder(list(range(256)), list(np.linspace(20, 45.5, 256)))
    with pytest.raises(WlcError, match="50 dB cannot be reached.* 45.50 dB"):
        smallest_with_psnr(encoder.measure, 50)


@given(st.lists(st.floats(20, 50), min_size=256, max_size=256), st.floats(20, 50))
def test_a_psnr_is_never_missed(psnrs, target):
    encoder = Encoder([1] * 256, psnrs)
    try:
        found = smallest_with_psnr(encoder.measure, target)
    except WlcError:
        assert psnrs[255] < target
    else:
        assert found.psnr == psnrs[found.rate_index] >= target


@pytest.mark.parametrize("budget", [6_000, 20_000, 60_000, 150_000])
def test_files_that_grow_as_they_do_take_few_encodings(budget):
    """Sizes of a real photograph at every 51st rate index, and what lies between."""
    sizes = np.exp(np.interp(range(256), range(0, 256, 51), np.log([4e3, 9e3, 19e3, 41e3, 83e3, 160e3])))
    encoder = Encoder([int(size) for size in sizes])
    rate_index, _ = largest_within_size(encoder.encode, budget)
    assert int(sizes[rate_index]) <= budget < int(sizes[rate_index + 1])
    assert encoder.calls <= 6
