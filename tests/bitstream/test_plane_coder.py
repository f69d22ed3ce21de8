"""What is written comes back, costs what it should, and is what FORMAT.md describes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from wlc.bitstream import plane_coder, webp_coder
from wlc.bitstream.errors import CorruptFile
from wlc.bitstream.range_coder import RangeEncoder
from wlc.bitstream.tables import SymbolTables, quantise_frequencies

from . import reference_plane_coder as reference


def logistic_tables() -> SymbolTables:
    """Any tables would do; these are as wide as their numbers say."""
    rows = []
    for index in range(plane_coder.TABLE_COUNT):
        scale = np.exp(-3 + 0.127 * index)
        reach = int(min(255, max(1, 8 * scale)))
        edges = 1 / (1 + np.exp(-(np.arange(-reach, reach + 2) - 0.5) / scale))
        rows.append(quantise_frequencies(np.append(np.maximum(np.diff(edges), 1e-9), 1e-4)))
    frequencies = np.zeros((len(rows), max(map(len, rows))), np.uint32)
    for target, row in zip(frequencies, rows, strict=True):
        target[: len(row)] = row
    return SymbolTables(frequencies, np.array([(len(row) - 2) // 2 for row in rows], np.int32))


TABLES = logistic_tables()
SHAPES = st.tuples(st.integers(1, 9), st.integers(1, 20), st.integers(1, 20))


def like_latents(planes: int, height: int, width: int, seed: int = 0) -> np.ndarray:
    """Smooth first planes, sparse later ones, all of them livelier in one corner."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width]
    lively = 0.2 + 4 * np.exp(-(y + x) / 12)
    result = random.laplace(size=(planes, height, width)) * lively / np.arange(1, planes + 1)[:, None, None]
    result[0] += 40 * np.sin(y / 9) + 30 * np.cos(x / 11)
    return np.rint(result).astype(np.int32)


@given(SHAPES.flatmap(lambda shape: arrays(np.int32, shape, elements=st.integers(-32768, 32768))))
@settings(max_examples=40, deadline=None)
def test_anything_comes_back(planes):
    assert np.array_equal(plane_coder.decode(plane_coder.encode(planes, TABLES), planes.shape, TABLES), planes)


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 1, 6), (12, 7, 5), (5, 16, 16), (9, 20, 3)])
def test_the_specification_reads_it(shape):
    planes = like_latents(*shape)
    assert reference.decode(plane_coder.encode(planes, TABLES), shape, TABLES) == planes.tolist()


def test_symbols_and_tables_are_those_that_are_written():
    planes = like_latents(6, 24, 24)
    symbols, tables = plane_coder.symbols_of(planes)
    assert symbols.shape == tables.shape == planes.shape and tables.max() < plane_coder.TABLE_COUNT
    bits = TABLES.bits()
    ideal = bits[tables, np.minimum(np.abs(symbols), bits.shape[1] - 1)].sum()
    assert 8 * len(plane_coder.encode(planes, TABLES)) == pytest.approx(ideal + 11 * len(planes), rel=0.01, abs=40)


def test_it_beats_webp_and_tables_that_never_change():
    planes = like_latents(12, 64, 64)
    size = len(plane_coder.encode(planes, TABLES))
    entropies = []
    for plane in planes:
        _, counts = np.unique(plane, return_counts=True)
        entropies.append(-(counts * np.log2(counts / counts.sum())).sum())
    assert size < 0.9 * len(webp_coder.encode([planes]))
    assert size < 0.9 * sum(entropies) / 8


def test_what_predicts_by_more_than_there_is_is_refused():
    coder = RangeEncoder(TABLES)
    coder.encode_plain(np.array([17]), 5)
    coder.encode_plain(np.array([0]), 6)
    with pytest.raises(CorruptFile, match="more than there is"):
        plane_coder.decode(coder.finish(), (1, 1, 1), TABLES)


def test_what_is_left_over_is_refused():
    planes = like_latents(3, 9, 9)
    with pytest.raises(CorruptFile):
        plane_coder.decode(plane_coder.encode(planes, TABLES) + b"\1", planes.shape, TABLES)
