"""Small numbers before a step's symbols: there and back, and nothing that none of them can be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wlc import step_notes
from wlc.bitstream.errors import CorruptFile
from wlc.bitstream.range_coder import RangeDecoder, RangeEncoder
from wlc.bitstream.tables import SymbolTables
from wlc.step_notes import LARGEST_LEAN, LARGEST_WEIGHT

TABLES = SymbolTables(np.array([[1 << 14, 1 << 15, 1 << 13, 1 << 13]]), np.array([1]))
numbers = st.lists(st.integers(-LARGEST_WEIGHT, LARGEST_WEIGHT), min_size=1, max_size=20)


@given(st.lists(numbers, max_size=4))
def test_there_and_back(some):
    coder = RangeEncoder(TABLES)
    for one in some:
        step_notes.write(coder, np.array(one, np.int32))
    data = coder.finish()
    assert 8 * len(data) <= sum(step_notes.bits_of(np.array(one)) for one in some) + 8
    reader = RangeDecoder(data, TABLES)
    for one in some:
        assert step_notes.read(reader, len(one), LARGEST_WEIGHT).tolist() == one
    reader.finish()


def test_zeros_take_half_a_byte():
    assert step_notes.bits_of(np.zeros(18, np.int32)) == 4
    assert step_notes.bits_of(np.array([0, -1, 1])) == 4 + 3 * 2


@pytest.mark.parametrize(("largest", "widest"), [(LARGEST_WEIGHT, 10), (LARGEST_LEAN, 5)])
def test_wider_than_any_can_be(largest, widest):
    for width in range(16):
        coder = RangeEncoder(TABLES)
        coder.encode_plain(np.array([width]), 4)
        coder.encode_plain(np.zeros(3, np.int32), width)
        reader = RangeDecoder(coder.finish(), TABLES)
        if width > widest:
            with pytest.raises(CorruptFile, match=f"a number of {width} bits where {widest} are the most"):
                step_notes.read(reader, 3, largest)
        else:
            assert step_notes.read(reader, 3, largest).tolist() == [-(1 << width >> 1)] * 3
