"""Tables are whole numbers that add up, or they are refused."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wlc.bitstream.tables import FREQUENCY_SUM, SymbolTables, quantise_frequencies

from .samples import sample_tables


@given(st.lists(st.floats(1e-12, 1e6), min_size=1, max_size=300))
def test_quantised_weights_sum_to_the_power_of_two(weights):
    counts = quantise_frequencies(np.array(weights))
    assert int(counts.sum()) == FREQUENCY_SUM
    assert counts.min() >= 1
    np.testing.assert_array_equal(counts, quantise_frequencies(np.array(weights)))


def test_rare_symbols_take_only_their_own_share():
    counts = quantise_frequencies(np.array([1.0] + [1e-9] * 200))
    assert counts.tolist() == [FREQUENCY_SUM - 200] + [1] * 200


def test_quantised_shares_are_close():
    weights = np.random.default_rng(0).gamma(1.0, size=50) + 0.01
    shares = FREQUENCY_SUM * weights / weights.sum()
    assert np.abs(quantise_frequencies(weights) - shares).max() < 1.0 + 1e-9


@pytest.mark.parametrize("weights", [[], [0.0, 1.0], [-1.0, 2.0], [math.nan, 1.0], [math.inf, 1.0], [[1.0]]])
def test_weights_that_are_no_weights(weights):
    with pytest.raises(ValueError, match="weights"):
        quantise_frequencies(np.array(weights))


def test_tables_cannot_be_changed_afterwards():
    tables = sample_tables(4, 10)
    with pytest.raises(ValueError, match="read-only"):
        tables.frequencies[0, 0] = 5


@pytest.mark.parametrize(
    ("frequencies", "reach", "what"),
    [
        ([[65535, 1]], [1], "columns"),
        ([[65534, 1, 1]], [0], "must be 0"),
        ([[65536, 0]], [0], "at least 1"),
        ([[65534, 1]], [0], "sum"),
        ([[65536, 65536]], [0], "sum"),
        ([[65535.0, 1.0]], [0], "integers"),
        ([[65537, -1]], [0], "between"),
        ([65535, 1], [0], "reach"),
        ([[65535, 1]], [0, 0], "reach"),
        ([[65535, 1]] * 257, [0] * 257, "tables"),
    ],
)
def test_tables_that_are_no_tables(frequencies, reach, what):
    with pytest.raises(ValueError, match=what):
        SymbolTables(np.array(frequencies), np.array(reach))


def test_bits_add_up_to_a_probability():
    tables = sample_tables(8, 20)
    bits = tables.bits()
    assert bits.shape == (8, int(tables.reach.max()) + 2)
    assert bits.dtype == np.float32
    for index, reach in enumerate(tables.reach.tolist()):
        inside = 2.0 ** -bits[index, : reach + 1].astype(float)
        escape = tables.row(index)[-1] / FREQUENCY_SUM
        assert inside[0] + 2 * inside[1:].sum() + escape == pytest.approx(1, abs=1e-3)


def test_bits_of_an_escape_count_its_class_its_bits_and_its_sign():
    tables = SymbolTables(np.array([[49152, 16384]]), np.array([0]))
    assert tables.bits()[0] == pytest.approx([math.log2(4 / 3), 2 + 1 + 0 + 1], abs=1e-5)
