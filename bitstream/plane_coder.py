"""Stacks of planes of whole numbers, as an autoencoder makes them, to bytes and back.

A number is predicted by a share of the mean of its four nearest neighbours that are known (`lattice.py`). How far off
that may be is told by how far off it was at those neighbours, and in earlier planes at the same place: that names the
table. Nothing here is learned but the tables; two numbers a plane, written first, suit it to what is coded.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from .errors import CorruptFile
from .lattice import passes
from .range_coder import RangeDecoder, RangeEncoder
from .tables import SymbolTables

TABLE_COUNT = 64

_SHARE_BITS, _WHOLE_SHARE = 5, 16  # a share is 0/16 to 16/16
_LEVEL_BITS, _LEVEL_OCTAVES = 6, (64, 76, 91, 108)  # 2^0, 2^(1/4), 2^(1/2), 2^(3/4)
_UNIT = 64  # sizes of errors are computed in 64ths
_RELATIVE = 1 << 10  # an error of a plane's usual size, where planes are compared
_ALONE = 4  # the first place has nothing around it: its error is taken to be so many times the usual one

# From errors around a number to its table. Found by fitting; one set serves all models.
_OF_NEIGHBOURS, _OF_EARLIER, _ALWAYS = 21, 18, 9 << 5  # in 32nds
_LOG_UNIT = 16  # of a logarithm to the base 2
_SLOPE, _OFFSET, _TABLE_LOG2 = 85, 2944, 8

# What codes: it gets planes, places, predictions and tables, and gives the numbers that are there.
_Code = Callable[[slice, np.ndarray, np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class _Fit:
    """What is written of each plane first, (K,) each."""

    shares: np.ndarray
    levels: np.ndarray

    @property
    def usual(self) -> np.ndarray:
        """How far off predictions are on average, in units."""
        return (np.array(_LEVEL_OCTAVES)[self.levels & 3] << (self.levels >> 2)) >> 4


def encode(planes: np.ndarray, tables: SymbolTables) -> bytes:
    """(K, h, w) to one segment."""
    flat = _flat(planes)
    fit = _fitted(planes)
    coder = RangeEncoder(tables)
    coder.encode_plain(fit.shares, _SHARE_BITS)
    coder.encode_plain(fit.levels, _LEVEL_BITS)

    def code(some: slice, places: np.ndarray, predicted: np.ndarray, indices: np.ndarray) -> np.ndarray:
        here = flat[some, places]
        coder.encode((here - predicted).ravel(), indices.ravel())
        return here

    _walk(planes.shape, fit, code)
    return coder.finish()


def decode(segment: bytes, shape: tuple[int, int, int], tables: SymbolTables) -> np.ndarray:
    """One segment to (K, h, w) int32."""
    coder = RangeDecoder(segment, tables)
    fit = _Fit(coder.decode_plain(shape[0], _SHARE_BITS), coder.decode_plain(shape[0], _LEVEL_BITS))
    if shape[0] and fit.shares.max() > _WHOLE_SHARE:
        raise CorruptFile("this file predicts by more than there is")

    def code(some: slice, places: np.ndarray, predicted: np.ndarray, indices: np.ndarray) -> np.ndarray:
        return predicted + coder.decode(indices.ravel()).reshape(predicted.shape)

    known = _walk(shape, fit, code)
    coder.finish()
    return known.reshape(shape).astype(np.int32)


def symbols_of(planes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What would be written and by which tables, (K, h, w) int32 and uint8."""
    flat = _flat(planes)
    symbols, tables = np.empty(flat.shape, np.int32), np.empty(flat.shape, np.uint8)

    def code(some: slice, places: np.ndarray, predicted: np.ndarray, indices: np.ndarray) -> np.ndarray:
        here = flat[some, places]
        symbols[some, places], tables[some, places] = here - predicted, indices
        return here

    _walk(planes.shape, _fitted(planes), code)
    return symbols.reshape(planes.shape), tables.reshape(planes.shape)


def _flat(planes: np.ndarray) -> np.ndarray:
    return np.asarray(planes, np.int64).reshape(len(planes), -1)


def _walk(shape: tuple[int, int, int], fit: _Fit, code: _Code) -> np.ndarray:
    """All planes, some at a time, each pass by pass. Returns the numbers, (K, h w) int64."""
    count, height, width = shape
    known, errors = np.zeros((2, count, height * width), np.int64)
    usual = fit.usual.astype(np.int64)[:, np.newaxis]
    shares = fit.shares.astype(np.int64)[:, np.newaxis]
    earlier = np.zeros(height * width, np.int64)  # sum over earlier planes of how their errors compare with usual ones
    for some in _together(count):
        seen = earlier // some.start if some.start else np.full_like(earlier, _RELATIVE)
        as_earlier = seen * usual[some] // _RELATIVE
        for one in passes(height, width):
            if one.around is None:
                predicted = np.zeros((some.stop - some.start, 1), np.int64)
                around = _ALONE * usual[some]
            else:
                total = known[some].take(one.around, axis=1).sum(axis=1)
                predicted = (shares[some] * total + 2 * _WHOLE_SHARE) // (4 * _WHOLE_SHARE)
                around = errors[some].take(one.around, axis=1).sum(axis=1) * (_UNIT // 4)
            here = code(some, one.places, predicted, _tables(around, as_earlier[:, one.places]))
            known[some, one.places] = here
            errors[some, one.places] = np.abs(here - predicted)
        earlier += (errors[some] * _UNIT * _RELATIVE // usual[some]).sum(axis=0)
    return known


def _together(count: int) -> Iterator[slice]:
    """Planes that are coded at once, without looking at each other: a quarter as many as came before, at least one."""
    start = 0
    while start < count:
        stop = min(count, start + max(1, start // 4))
        yield slice(start, stop)
        start = stop


def _tables(around: np.ndarray, earlier: np.ndarray) -> np.ndarray:
    surroundings = (_OF_NEIGHBOURS * around + _OF_EARLIER * earlier + _ALWAYS) >> 5
    return np.clip((_logarithm(surroundings) * _SLOPE - _OFFSET) >> _TABLE_LOG2, 0, TABLE_COUNT - 1).astype(np.uint8)


def _logarithm(x: np.ndarray) -> np.ndarray:
    """To the base 2, in 16ths, along straight lines between powers of two. Exact: floats are only taken apart."""
    part, exponent = np.frexp(x.astype(np.float64))
    return (exponent - 2) * _LOG_UNIT + (part * (2 * _LOG_UNIT)).astype(np.int64)


def _fitted(planes: np.ndarray) -> _Fit:
    """The share that predicts each plane best, and how far off that is."""
    flat = _flat(planes).astype(np.float64)
    means = np.zeros_like(flat)
    for one in passes(*planes.shape[1:])[1:]:
        means[:, one.places] = flat[:, one.around].mean(axis=1)
    share = (flat * means).sum(axis=1) / np.maximum((means * means).sum(axis=1), 1e-9)
    shares = np.clip(np.rint(share * _WHOLE_SHARE), 0, _WHOLE_SHARE).astype(np.int32)
    off = np.abs(flat - shares[:, np.newaxis] / _WHOLE_SHARE * means).mean(axis=1) * _UNIT
    levels = np.clip(np.rint(4 * np.log2(np.maximum(off, 1) / 4)), 0, 2**_LEVEL_BITS - 1).astype(np.int32)
    return _Fit(shares, levels)
