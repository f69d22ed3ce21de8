"""Symbols of residuals: there and back, within the bound, from tables that exist."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wlc.models.sample_nets import ONE
from wlc.models.scale_nets import TABLES
from wlc.residuals import TABLE_COUNT, Grain, Named, centre_of, scale_of

LEVEL_LOG2 = range(13)
ERRORS = [*range(11), 200, 255]
GRAINS = [Grain(level_log2, max_error) for level_log2 in LEVEL_LOG2 for max_error in ERRORS]

grains = st.builds(Grain, st.sampled_from(LEVEL_LOG2), st.sampled_from(ERRORS))
levels = st.integers(-3 * 65536, 3 * 65536)
predictions = st.integers(-4 * 65536 * ONE, 4 * 65536 * ONE)
indices = st.integers(-300, 300)


def one(grain: Grain, prediction: int, index: int) -> Named:
    return grain.name(np.array([[float(prediction)]]), np.array([[float(index)]], np.float32))


@pytest.mark.parametrize("max_error", ERRORS)
@pytest.mark.parametrize("level_log2", LEVEL_LOG2)
def test_there_and_back(level_log2, max_error):
    grain = Grain(level_log2, max_error)
    random = np.random.default_rng(level_log2 + 100 * max_error)
    depth = 8 if level_log2 == 0 else 16
    samples = random.integers(-(1 << depth), 1 << depth, (2, 30, 40))
    near = random.normal(0, 1, samples.shape) * 10.0 ** random.uniform(-1, 4, samples.shape)
    named = grain.name(np.round((samples + near) * ONE), random.integers(-9, 80, samples.shape).astype(np.float32))
    symbols, plain = grain.symbols_of(samples, named)
    back = grain.samples_of(symbols, plain, named)
    assert np.abs(back - samples).max() <= max_error
    if max_error == 0:
        assert np.array_equal(back, samples)
    assert plain.min() >= 0 and plain.max() < 1 << grain.plain_bits
    assert grain.plain_bits or not plain.any()
    assert named.tables().dtype == np.uint8 and named.tables().max() < TABLE_COUNT
    again = grain.symbols_of(back, named)  # what a decoder shows would be coded the same once more
    assert np.array_equal(again[0], symbols) and np.array_equal(again[1], plain)


@settings(max_examples=400)
@given(grains, levels, predictions, indices)
def test_the_bound_is_kept_wherever_the_prediction_lies(grain, sample, prediction, index):
    named = one(grain, prediction, index)
    symbols, plain = grain.symbols_of(np.array([[sample]]), named)
    assert abs(int(grain.samples_of(symbols, plain, named)[0, 0]) - sample) <= grain.max_error
    assert abs(int(symbols[0, 0])) < 1 << 24  # what the range coder takes
    assert 0 <= plain[0, 0] < 1 << grain.plain_bits
    assert abs(int(named.nearest[0, 0]) * ONE - prediction) <= ONE // 2


@settings(max_examples=200)
@given(grains, st.integers(-500, 500), st.integers(0, (1 << 12) - 1))
def test_every_symbol_means_a_sample(grain, symbol, plain):
    """The reader's way first: no two symbols are the same sample, and none is wasted."""
    plain &= (1 << grain.plain_bits) - 1
    for prediction in (100 * ONE, 100 * ONE + 90, 100 * ONE - 90):
        named = one(grain, prediction, 20)
        sample = grain.samples_of(np.array([[symbol]]), np.array([[plain]]), named)
        symbols, again = grain.symbols_of(sample, named)
        assert (symbols[0, 0], again[0, 0]) == (symbol, plain)


def test_tables_are_counted_once():
    named = {(scale_of(table), centre_of(table)) for table in range(TABLE_COUNT)}
    assert len(named) == TABLE_COUNT == 128
    assert {scale for scale, _ in named} == set(range(TABLES))
    assert all(0 < centre < 0.5 for _, centre in named)


@pytest.mark.parametrize("index", range(TABLES))
def test_tables_are_those_that_they_are_said_to_be(index):
    """In plain 8 bits: the table's scale is the index, its centre the middle of the offsets that lead to it."""
    offsets: dict[int, list[int]] = {}
    for offset in range(-ONE // 2, ONE // 2):
        named = one(Grain(), 77 * ONE + offset, index)
        assert named.nearest[0, 0] == 77 and named.mirrored[0, 0] == (offset < 0)
        offsets.setdefault(int(named.tables()[0, 0]), []).append(abs(offset))
    for table, those in offsets.items():
        assert scale_of(table) == index
        middle = (min(those) + max(those)) / 2 / ONE
        assert centre_of(table) == pytest.approx(middle, abs=1.5 / ONE)
    assert len(offsets) == (3 if index < 32 else 1)


@pytest.mark.parametrize("index", [-1000, -1, 0, 63, 64, 1000])
def test_scales_outside_the_tables_are_brought_in(index):
    assert scale_of(int(one(Grain(), 5, index).tables()[0, 0])) == min(max(index, 0), TABLES - 1)


@settings(max_examples=200)
@given(grains, st.integers(-(ONE // 2) + 1, ONE // 2 - 1), st.integers(-300, 300), indices)
def test_below_is_above_seen_in_a_mirror(grain, offset, distance, index):
    """The same tables, and the same symbols where no bits are plain. An offset of 0 has nothing to mirror."""
    above, below = (one(grain, 1000 * ONE + sign * abs(offset), index) for sign in (1, -1))
    assert np.array_equal(above.tables(), below.tables())
    assert not above.mirrored.any() and below.mirrored.all() == (offset != 0)
    if grain.plain_bits == 0 and offset:
        up, _ = grain.symbols_of(np.array([[1000 + distance]]), above)
        down, _ = grain.symbols_of(np.array([[1000 - distance]]), below)
        assert np.array_equal(up, down)


def test_steps_and_plain_bits_by_hand():
    assert [Grain(0, error).step for error in (0, 1, 2, 255)] == [1, 3, 5, 511]
    assert [Grain(bits).plain_bits for bits in (0, 1, 8, 12)] == [0, 1, 8, 12]
    assert [Grain(8, error).plain_bits for error in (1, 2, 127, 255)] == [7, 6, 1, 0]
    assert [Grain(0, error).coarseness for error in (0, 1, 2, 255)] == [0, 51, 74, 255]
    assert Grain(8).coarseness == Grain(8, 127).coarseness == 0 and Grain(4, 255).coarseness == 160


@pytest.mark.parametrize("grain", GRAINS[::7])
def test_one_coded_symbol_is_about_as_wide_as_the_table_thinks(grain):
    """A symbol stands for so many levels of the nets: the scale is divided by that, to within half a table."""
    width = grain.step * 2**grain.plain_bits / 2**grain.level_log2
    index = 60
    scale = scale_of(int(one(grain, 0, index).tables()[0, 0]))
    expected = index - np.log(width) / 0.127
    assert scale == pytest.approx(min(max(expected, 0), TABLES - 1), abs=0.51)


def test_within():
    random = np.random.default_rng(0)
    named = Grain().name(random.normal(0, 9000, (2, 5, 6)).round(), random.integers(0, 64, (2, 5, 6)))
    inside = named.within(4, 6)
    assert inside.nearest.shape == inside.tables().shape == inside.mirrored.shape == (2, 4, 6)
    assert np.array_equal(inside.nearest, named.nearest[:, :4])
