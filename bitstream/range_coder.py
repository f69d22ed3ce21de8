"""Symbols to bytes and back with constriction's range coder.

A symbol comes with the index of the table that predicts it. Within a pass the symbols are sorted by index,
stably, so that each table codes all of its symbols in one call; the decoder knows the indices and can undo
the sorting.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from .errors import CorruptFile
from .escapes import CLASS_FREQUENCIES, LARGEST_MAGNITUDE, classes_of
from .range_stream import StreamReader, StreamWriter, available, table_model, uniform_model
from .tables import SymbolTables

__all__ = ["RangeDecoder", "RangeEncoder", "available"]


class RangeEncoder:
    """One segment being written, pass after pass."""

    def __init__(self, tables: SymbolTables):
        self._tables = tables
        self._stream = StreamWriter()

    def encode(self, symbols: np.ndarray, indices: np.ndarray) -> None:
        """Append a pass. Both arrays are flat and equally long."""
        symbols = np.asarray(symbols)
        if symbols.ndim != 1 or symbols.dtype.kind not in "iu":
            raise ValueError("symbols must be a flat array of integers")
        order, runs = _sort_by_table(indices, len(self._tables))
        if len(order) != len(symbols):
            raise ValueError(f"{len(symbols)} symbols cannot have {len(order)} table indices")
        if len(symbols) and max(int(symbols.max()), -int(symbols.min())) > LARGEST_MAGNITUDE:
            raise ValueError(f"a symbol's magnitude may not exceed {LARGEST_MAGNITUDE}")
        values = symbols.astype(np.int32)[order]
        escaped = np.zeros(len(values), bool)
        for run in runs:
            reach = run.reach(self._tables)
            columns = values[run.slice] + reach
            outside = (columns < 0) | (columns > 2 * reach)
            columns[outside] = 2 * reach + 1
            escaped[run.slice] = outside
            self._stream.write(columns, _table_models(self._tables)[run.index])
        places, reach = _escapes_in_pass_order(escaped, order, runs, self._tables)
        if len(places):
            self._write_escapes(symbols[places].astype(np.int32), reach)

    def _write_escapes(self, values: np.ndarray, reach: np.ndarray) -> None:
        excess = np.abs(values) - reach - 1
        classes = classes_of(excess)
        self._stream.write(classes, _class_model())
        for number, members in _members_by_class(classes):
            low_bits = excess[members] + 1 - (1 << number)
            self._stream.write(low_bits, uniform_model(1 << number))
        self._stream.write((values < 0).astype(np.int32), uniform_model(2))

    def finish(self) -> bytes:
        """The shortest bytes that decode to all that was encoded."""
        return self._stream.finish()


class RangeDecoder:
    """One segment being read, pass after pass."""

    def __init__(self, data: bytes, tables: SymbolTables):
        self._data = bytes(data)
        self._tables = tables
        self._stream = StreamReader(self._data)

    def decode(self, indices: np.ndarray) -> np.ndarray:
        """The next pass: one int32 symbol for every index, in the order of the indices."""
        order, runs = _sort_by_table(indices, len(self._tables))
        values = np.empty(len(order), np.int32)
        escaped = np.zeros(len(order), bool)
        for run in runs:
            reach = run.reach(self._tables)
            columns = self._stream.read(len(run), _table_models(self._tables)[run.index])
            np.equal(columns, 2 * reach + 1, out=escaped[run.slice])
            np.subtract(columns, reach, out=values[run.slice])
        symbols = np.empty(len(order), np.int32)
        symbols[order] = values
        places, reach = _escapes_in_pass_order(escaped, order, runs, self._tables)
        if len(places):
            symbols[places] = self._read_escapes(reach)
        return symbols

    def _read_escapes(self, reach: np.ndarray) -> np.ndarray:
        classes = self._stream.read(len(reach), _class_model())
        excess = (1 << classes) - 1
        for number, members in _members_by_class(classes):
            excess[members] += self._stream.read(len(members), uniform_model(1 << number))
        magnitudes = excess + reach + 1
        if magnitudes.max() > LARGEST_MAGNITUDE:
            raise CorruptFile("this file holds a symbol that is larger than any can be")
        negative = self._stream.read(len(reach), uniform_model(2))
        return np.where(negative, -magnitudes, magnitudes).astype(np.int32)

    def finish(self) -> None:
        """Every pass has been read, so the symbols must encode to the very bytes they came from.

        There is one byte string for a run of symbols; this refuses all others, above all bytes left over, as
        a reader finds them when its table indices are not the writer's and it uses up less than there is.
        """
        if self._stream.encode_again() != self._data:
            raise CorruptFile("this file's symbols do not use up exactly the bytes of their segment")


class _Run:
    """The stretch of a sorted pass that one table codes."""

    def __init__(self, index: int, start: int, end: int):
        self.index = index
        self.slice = slice(start, end)

    def __len__(self) -> int:
        return self.slice.stop - self.slice.start

    def reach(self, tables: SymbolTables) -> int:
        return int(tables.reach[self.index])


def _sort_by_table(indices: np.ndarray, table_count: int) -> tuple[np.ndarray, list[_Run]]:
    indices = np.asarray(indices)
    if indices.ndim != 1 or indices.dtype != np.uint8:
        raise ValueError("table indices must be a flat array of uint8")
    counts = np.bincount(indices, minlength=table_count)
    if len(counts) > table_count:
        raise ValueError(f"table index {len(counts) - 1} is not one of {table_count} tables")
    ends = np.cumsum(counts).tolist()
    starts = [0, *ends[:-1]]
    runs = [_Run(*run) for run in zip(range(len(ends)), starts, ends, strict=True) if run[2] > run[1]]
    return np.argsort(indices, kind="stable"), runs


def _escapes_in_pass_order(escaped: np.ndarray, order: np.ndarray, runs: list[_Run], tables: SymbolTables):
    """Where in the pass the escaped symbols stand, ascending, and the reach of each one's table."""
    sorted_places = np.flatnonzero(escaped)
    starts = np.array([run.slice.start for run in runs], np.int64)
    owners = np.searchsorted(starts, sorted_places, side="right") - 1
    reach = tables.reach[np.array([run.index for run in runs], np.int64)[owners]]
    places = order[sorted_places]
    ascending = np.argsort(places)
    return places[ascending], reach[ascending]


def _members_by_class(classes: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Each class that has low bits, ascending, and where in the pass's escapes its members stand."""
    for number in np.unique(classes).tolist():
        if number > 0:
            yield number, np.flatnonzero(classes == number)


@lru_cache(maxsize=8)
def _table_models(tables: SymbolTables) -> list:
    return [table_model(tables.row(index)) for index in range(len(tables))]


@lru_cache(maxsize=1)
def _class_model():
    return table_model(CLASS_FREQUENCIES)
