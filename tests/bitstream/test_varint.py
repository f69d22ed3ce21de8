"""Numbers have one spelling, and the reader insists on it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wlc.bitstream.errors import CorruptFile, TruncatedFile
from wlc.bitstream.varint import LARGEST, read_varint, write_varint


@given(st.integers(0, LARGEST))
def test_round_trip(value):
    coded = write_varint(value)
    assert read_varint(b"x" + coded + b"y", 1) == (value, 1 + len(coded))
    assert len(coded) == max(1, -(-value.bit_length() // 7))


@pytest.mark.parametrize("padded", [b"\x80\x00", b"\xff\x80\x00", b"\x80\x80\x80\x80\x00"])
def test_padding_is_refused(padded):
    with pytest.raises(CorruptFile, match="more bytes than it needs"):
        read_varint(padded, 0)


@pytest.mark.parametrize("huge", [b"\xff\xff\xff\xff\x1f", b"\xff\xff\xff\xff\xff\x01"])
def test_more_than_32_bits_is_refused(huge):
    with pytest.raises(CorruptFile, match="above"):
        read_varint(huge, 0)


@pytest.mark.parametrize("cut", [b"", b"\x80", b"\xff\xff\xff\xff"])
def test_cut_off_is_truncated(cut):
    with pytest.raises(TruncatedFile):
        read_varint(cut, 0)


@pytest.mark.parametrize("value", [-1, LARGEST + 1])
def test_writer_knows_its_range(value):
    with pytest.raises(ValueError, match="varint"):
        write_varint(value)
