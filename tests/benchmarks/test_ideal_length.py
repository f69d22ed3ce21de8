import numpy as np
import pytest
from PIL import Image

import wlc
from wlc.benchmarks.ideal_length import CountingEncoder, ideal_length, symbol_bits
from wlc.bitstream.range_coder import RangeEncoder
from wlc.bitstream.tables import SymbolTables

pytestmark = pytest.mark.usefixtures("tiny_lossless")

HALF, QUARTER = 2**15, 2**14


@pytest.fixture
def tables():
    """The second has a shorter reach."""
    rows = [[QUARTER, QUARTER, QUARTER, 2**13, 2**12, 2**12], [2**13, HALF, QUARTER, 2**13, 0, 0]]
    return SymbolTables(np.array(rows), np.array([2, 1]))


def test_a_symbol_costs_what_its_probability_says(tables):
    def bits(symbol, index):
        return symbol_bits(tables, np.array([symbol]), np.array([index], np.uint8))

    assert [bits(symbol, 0) for symbol in (-2, -1, 0, 1, 2)] == [2, 2, 2, 3, 4]
    assert [bits(symbol, 1) for symbol in (-1, 0, 1)] == [3, 1, 2]
    assert bits(-3, 0) == 4 + 1 + 1  # the escape, the first class, the sign
    assert bits(4, 0) == 4 + 2 + 1 + 1  # the second class has a bit of its own
    assert bits(-2, 1) == 3 + 1 + 1


def test_counting_changes_no_byte(tables):
    random = np.random.default_rng(1)
    symbols, indices = random.integers(-4, 5, 500), random.integers(0, 2, 500).astype(np.uint8)
    counting, plain = CountingEncoder(tables), RangeEncoder(tables)
    for coder in (counting, plain):
        coder.encode(symbols, indices)
        coder.encode_plain(np.arange(40), 6)
    assert counting.bits == pytest.approx(symbol_bits(tables, symbols, indices) + 40 * 6)
    data = counting.finish()
    assert data == plain.finish() == counting.written
    assert abs(8 * len(data) - counting.bits) < 16


@pytest.fixture
def photo():
    """Enough texture that the nets, not WebP, code it."""
    y, x = np.mgrid[:60, :90]
    shade = 120 + 50 * np.sin(x / 11) + 40 * np.cos(y / 9)
    noise = np.random.default_rng(2).normal(0, 9, (60, 90, 3))
    return Image.fromarray((shade[..., None] + noise).clip(0, 255).astype(np.uint8))


def test_the_ideal_is_a_little_less_than_the_file(photo):
    data = wlc.compress(photo, lossless=True, device="cpu")
    info = wlc.info(data)
    assert info.levels == 4  # or the nets did not code it
    ideal = ideal_length(photo, device="cpu")
    payload = 8 * sum(info.level_sizes)
    assert 0 <= payload - ideal < 4 * 16 + 2 * 8  # what four segments and a note take beyond it
    assert payload < 8 * len(data)


def test_what_the_nets_do_not_code_counts_as_it_is():
    flat = Image.new("RGB", (40, 30), (10, 200, 30))
    info = wlc.info(wlc.compress(flat, lossless=True, device="cpu"))
    assert ideal_length(flat, device="cpu") == 8 * (sum(info.level_sizes) - 1)  # without the note of its method
