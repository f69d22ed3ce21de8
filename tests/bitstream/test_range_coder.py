"""The symbols come back, the bytes are those of the specification, and rubbish stays in the family."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wlc.bitstream.errors import CorruptFile, WlcError
from wlc.bitstream.escapes import CLASS_FREQUENCIES, LARGEST_MAGNITUDE, classes_of
from wlc.bitstream.intervals import interval_starts
from wlc.bitstream.quiet_runs import RUN, RUN_FREQUENCIES, USE_FREQUENCIES
from wlc.bitstream.range_coder import RangeDecoder, RangeEncoder, available
from wlc.bitstream.tables import SymbolTables

from . import reference_range_coder as reference
from .samples import sample_pass, sample_tables

pytestmark = pytest.mark.skipif(not available(), reason="constriction is not installed")

TABLES = sample_tables()
SURE = SymbolTables(
    np.concatenate([np.pad([[1, 65533, 1, 1]], ((0, 0), (0, 86))), TABLES.frequencies[1:]]),
    np.concatenate([[1], TABLES.reach[1:]]),
)
ROWS = [TABLES.row(index).tolist() for index in range(len(TABLES))]


def encode(passes, tables=TABLES) -> bytes:
    encoder = RangeEncoder(tables)
    for symbols, indices in passes:
        encoder.encode(symbols, indices)
    return encoder.finish()


def decode(data, passes, tables=TABLES) -> list[np.ndarray]:
    decoder = RangeDecoder(data, tables)
    symbols = [decoder.decode(indices) for _, indices in passes]
    decoder.finish()
    return symbols


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32), st.lists(st.integers(0, 400), max_size=4))
def test_round_trip_and_the_independent_coder(seed, sizes):
    rng = np.random.default_rng(seed)
    passes = [sample_pass(rng, size, TABLES) for size in sizes]
    data = encode(passes)
    assert data == encode(passes)
    for (symbols, _), back in zip(passes, decode(data, passes), strict=True):
        assert back.dtype == np.int32
        np.testing.assert_array_equal(back, symbols)
    plain = [(symbols.tolist(), indices.tolist()) for symbols, indices in passes]
    assert reference.encode(plain, ROWS) == data
    assert reference.decode(data, [indices for _, indices in plain], ROWS) == [s for s, _ in plain]


def test_long_runs_of_near_certain_symbols_carry_like_the_independent_coder():
    """Intervals that straddle a word's end for long are where a carry runs through many words."""
    tables = SymbolTables(np.array([[1, 32767, 32767, 1]]), np.array([1]))
    rng = np.random.default_rng(5)
    for start in (0, 1):
        symbols = np.where(rng.random(3000) < 0.002, -1, np.resize([0, 1], 3000)[start:][0]).astype(np.int32)
        passes = [(symbols, np.zeros(len(symbols), np.uint8))]
        plain = [(symbols.tolist(), [0] * len(symbols))]
        assert encode(passes, tables) == reference.encode(plain, [tables.row(0).tolist()])


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32), st.lists(st.integers(0, 4000), max_size=3), st.sampled_from([0, 0.0002, 0.002, 0.1]))
def test_quiet_runs_and_the_independent_coder(seed, sizes, strays):
    """Where the first table is sure of zeros, most of its symbols are not coded one by one."""
    rng = np.random.default_rng(seed)
    passes = []
    for size in sizes:
        symbols, indices = sample_pass(rng, size, TABLES)
        sure = rng.random(size) < 0.8
        indices[sure] = 0
        symbols[sure] = np.where(rng.random(sure.sum()) < strays, symbols[sure], 0)
        passes.append((symbols, indices))
    data = encode(passes, SURE)
    for (symbols, _), back in zip(passes, decode(data, passes, SURE), strict=True):
        np.testing.assert_array_equal(back, symbols)
    plain = [(symbols.tolist(), indices.tolist()) for symbols, indices in passes]
    rows = [SURE.row(index).tolist() for index in range(len(SURE))]
    assert reference.encode(plain, rows) == data
    assert reference.decode(data, [indices for _, indices in plain], rows) == [s for s, _ in plain]


@pytest.mark.parametrize(("untold", "loud"), [(0, [0, 1, 0, 0]), (1, [])])
def test_runs_are_told_apart_in_one_way_only(untold, loud):
    """Neither may a run of zeros be called loud, nor may nothing be said of runs that are quiet."""
    writer, row = reference.Encoder(), reference.starts_of(SURE.row(0).tolist())
    writer.write(untold, reference.starts_of(reference.USE_FREQUENCIES))
    for number in loud:
        writer.write(number, reference.starts_of(reference.RUN_FREQUENCIES))
    for _ in range(RUN if loud else 4 * RUN):
        writer.write(int(SURE.reach[0]), row)
    with pytest.raises(CorruptFile, match="quiet runs"):
        RangeDecoder(writer.finish(), SURE).decode(np.zeros(4 * RUN, np.uint8))


def test_sure_zeros_take_next_to_nothing():
    passes = [(np.zeros(100_000, np.int32), np.zeros(100_000, np.uint8))]
    assert len(encode(passes, SURE)) <= 1


def test_the_specified_constants():
    assert RUN_FREQUENCIES.tolist() == reference.RUN_FREQUENCIES
    assert USE_FREQUENCIES.tolist() == reference.USE_FREQUENCIES
    assert CLASS_FREQUENCIES.tolist() == reference.CLASS_FREQUENCIES
    assert sum(reference.CLASS_FREQUENCIES) == 2**16
    for row in [*ROWS, reference.CLASS_FREQUENCIES, [65535, 1]]:
        assert interval_starts(np.array(row)).tolist() == reference.starts_of(row)


def test_escape_classes_are_exact_at_every_power_of_two():
    powers = 2 ** np.arange(1, 25)
    near = np.concatenate([powers - 2, powers - 1, powers])
    expected = [(int(excess) + 1).bit_length() - 1 for excess in near]
    assert classes_of(near).tolist() == expected


@pytest.mark.parametrize("sign", [-1, 1])
def test_escapes_of_every_size(sign):
    magnitudes = np.unique(np.concatenate([2 ** np.arange(24), 2 ** np.arange(25) - 1, 2 ** np.arange(24) + 1]))
    symbols = (sign * magnitudes).astype(np.int32)
    for index in (0, 3, 40):
        passes = [(symbols, np.full(len(symbols), index, np.uint8))]
        np.testing.assert_array_equal(decode(encode(passes), passes)[0], symbols)


def test_escapes_of_a_pass_mix_tables_in_the_order_of_the_pass():
    symbols = np.array([500, 0, -9, 70000, 1, -500, 12], np.int32)
    indices = np.array([40, 0, 2, 0, 5, 3, 2], np.uint8)
    passes = [(symbols, indices), (symbols[::-1].copy(), indices)]
    for (expected, _), back in zip(passes, decode(encode(passes), passes), strict=True):
        np.testing.assert_array_equal(back, expected)


def test_nothing_costs_nothing():
    none = (np.zeros(0, np.int32), np.zeros(0, np.uint8))
    assert encode([]) == b""
    assert encode([none, none]) == b""
    assert [len(symbols) for symbols in decode(b"", [none, none])] == [0, 0]


def test_near_certain_symbols_cost_a_byte_or_two():
    tables = SymbolTables(np.array([[65535, 1]]), np.array([0]))
    passes = [(np.zeros(5000, np.int32), np.zeros(5000, np.uint8))]
    assert len(encode(passes, tables)) <= 1


def test_the_stream_is_hardly_longer_than_the_ideal():
    rng = np.random.default_rng(3)
    bits = TABLES.bits()
    over = []
    for size in (1, 10, 100, 1000, 20000):
        indices = rng.integers(0, 64, size).astype(np.uint8)
        symbols = np.round(rng.laplace(0, 0.2 + indices / 5)).astype(np.int32)
        symbols = np.clip(symbols, -TABLES.reach[indices], TABLES.reach[indices])
        ideal = bits[indices, np.abs(symbols)].sum(dtype=float) / 8
        over.append(len(encode([(symbols, indices)])) - ideal)
    assert max(over) < 2
    assert np.mean(over) < 1


def test_no_byte_at_the_end_is_zero():
    rng = np.random.default_rng(4)
    passes = [sample_pass(rng, 300, TABLES)]
    data = encode(passes)
    with pytest.raises(CorruptFile, match="does not need"):
        decode(data + b"\0", passes)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32), st.binary(max_size=300))
def test_rubbish_never_leaves_the_family(seed, data):
    """Decoding may give any symbols at all, or an error of the family: no panic, no endless loop."""
    rng = np.random.default_rng(seed)
    passes = [sample_pass(rng, size, TABLES) for size in (50, 200)]
    for rubbish in (data, b"\xff" * len(data), encode(passes)[: len(data)] + data):
        try:
            for symbols in decode(rubbish, passes):
                assert np.abs(symbols).max() <= LARGEST_MAGNITUDE
        except WlcError as error:
            assert isinstance(error, CorruptFile)


@pytest.mark.parametrize("extra", [b"\1", b"\xff" * 3, b"\0\0\0\0\1", bytes(range(1, 40))])
def test_bytes_that_no_symbols_use_up_are_found(extra):
    rng = np.random.default_rng(6)
    passes = [sample_pass(rng, 500, TABLES)]
    with pytest.raises(CorruptFile, match="exactly the bytes"):
        decode(encode(passes) + extra, passes)


def test_a_panic_is_not_an_exception_and_still_caught(monkeypatch):
    class PanicException(BaseException):
        pass

    decoder = RangeDecoder(b"\1", TABLES)

    class Panicking:
        def __init__(self, error):
            self.error = error

        def decode(self, *_):
            raise self.error

    for error, expected in ((PanicException("rust"), CorruptFile), (KeyboardInterrupt(), KeyboardInterrupt)):
        monkeypatch.setattr(decoder._stream, "_backend", Panicking(error))
        with pytest.raises(expected):
            decoder.decode(np.zeros(3, np.uint8))


@pytest.mark.parametrize(
    ("symbols", "indices"),
    [
        (np.zeros(3, np.int32), np.zeros(2, np.uint8)),
        (np.zeros(3, np.int32), np.zeros(3, np.int64)),
        (np.zeros(3, np.float32), np.zeros(3, np.uint8)),
        (np.zeros((3, 1), np.int32), np.zeros((3, 1), np.uint8)),
        (np.zeros(1, np.int32), np.array([64], np.uint8)),
        (np.array([LARGEST_MAGNITUDE + 1]), np.zeros(1, np.uint8)),
        (np.array([-LARGEST_MAGNITUDE - 1]), np.zeros(1, np.uint8)),
    ],
)
def test_callers_are_told_what_is_wrong(symbols, indices):
    with pytest.raises(ValueError):
        RangeEncoder(TABLES).encode(symbols, indices)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 18)), max_size=4))
def test_plain_numbers_between_passes(seed, sizes):
    rng = np.random.default_rng(seed)
    symbols, indices = sample_pass(rng, 50, TABLES)
    plain = [(rng.integers(0, 1 << bits, size), bits) for size, bits in sizes]
    encoder = RangeEncoder(TABLES)
    for values, bits in plain:
        encoder.encode_plain(values, bits)
        encoder.encode(symbols, indices)
    data = encoder.finish()
    decoder = RangeDecoder(data, TABLES)
    for values, bits in plain:
        np.testing.assert_array_equal(decoder.decode_plain(len(values), bits), values)
        np.testing.assert_array_equal(decoder.decode(indices), symbols)
    decoder.finish()


def test_plain_numbers_cost_their_bits():
    encoder = RangeEncoder(TABLES)
    encoder.encode_plain(np.random.default_rng(0).integers(0, 1 << 10, 4000), 10)
    encoder.encode_plain(np.zeros(4000, np.int64), 0)
    assert abs(len(encoder.finish()) - 5000) <= 2


def test_golden_bytes():
    """What version 1 writes for these symbols, with every version of constriction there will be."""
    tables = SymbolTables(np.array([[9000, 47000, 9000, 536], [1, 65533, 1, 1]]), np.array([1, 1]))
    symbols = np.array([0, 1, -1, 0, 77, 0, -3], np.int32)
    indices = np.array([0, 0, 0, 1, 0, 1, 1], np.uint8)
    assert encode([(symbols, indices)], tables).hex() == "c37f81af9f37"
