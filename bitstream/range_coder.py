"""Symbols to bytes and back with constriction's range coder.

A symbol comes with the index of the table that predicts it. Within a pass the symbols are sorted by index,
stably, so that each table codes all of its symbols in one call; the decoder knows the indices and can undo
the sorting.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from .errors import CorruptFile
from .escapes import CLASS_FREQUENCIES, LARGEST_MAGNITUDE, classes_of
from .quiet_runs import RUN_FREQUENCIES, USE_FREQUENCIES, coded_places, loud_runs, quiet_table, run_count
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
        symbols, indices = np.asarray(symbols), np.asarray(indices)
        if symbols.ndim != 1 or symbols.dtype.kind not in "iu":
            raise ValueError("symbols must be a flat array of integers")
        _check_indices(indices, self._tables)
        if len(indices) != len(symbols):
            raise ValueError(f"{len(symbols)} symbols cannot have {len(indices)} table indices")
        if len(symbols) and max(int(symbols.max()), -int(symbols.min())) > LARGEST_MAGNITUDE:
            raise ValueError(f"a symbol's magnitude may not exceed {LARGEST_MAGNITUDE}")
        by_table = _sorted_by_table(indices, self._tables, self._write_runs(symbols, indices))
        columns = symbols.astype(np.int32, copy=False).take(by_table.order)
        columns += by_table.reach
        escaped = (columns < 0) | (columns >= by_table.escape)
        np.copyto(columns, by_table.escape, where=escaped)
        models = _table_models(self._tables)
        for table, stretch in by_table.stretches:
            self._stream.write(columns[stretch], models[table])
        places, reach = by_table.in_pass_order(escaped)
        if len(places):
            self._write_escapes(symbols[places].astype(np.int32), reach)

    def encode_plain(self, values: np.ndarray, bits: int) -> None:
        """Append a pass of numbers below 2^bits that no table predicts."""
        if bits:
            self._stream.write(np.asarray(values).astype(np.int32), uniform_model(1 << bits))

    def _write_runs(self, symbols: np.ndarray, indices: np.ndarray) -> np.ndarray | None:
        """Which runs are quiet. Returns the places that are coded; None stands for all."""
        quiet = quiet_table(indices, self._tables)
        if quiet is None:
            return None
        loud = loud_runs(symbols, indices, quiet)
        self._stream.write(np.array([loud is None], np.int32), _use_model())
        if loud is None:
            return None
        self._stream.write(loud, _run_model())
        return coded_places(loud, indices, quiet)

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
        indices = np.asarray(indices)
        _check_indices(indices, self._tables)
        quiet = quiet_table(indices, self._tables)
        loud = None if quiet is None else self._read_runs(len(indices))
        by_table = _sorted_by_table(indices, self._tables, None if loud is None else coded_places(loud, indices, quiet))
        columns = np.empty(len(by_table.order), np.int32)
        models = _table_models(self._tables)
        for table, stretch in by_table.stretches:
            columns[stretch] = self._stream.read(stretch.stop - stretch.start, models[table])
        escaped = columns == by_table.escape
        symbols = np.zeros(len(indices), np.int32)
        symbols[by_table.order] = columns - by_table.reach
        places, reach = by_table.in_pass_order(escaped)
        if len(places):
            symbols[places] = self._read_escapes(reach)
        if quiet is not None and not np.array_equal(loud, loud_runs(symbols, indices, quiet)):
            raise CorruptFile("this file tells quiet runs from others in a way that no encoder does")
        return symbols

    def _read_runs(self, size: int) -> np.ndarray | None:
        """Which runs of a pass are not quiet, if that is told."""
        if self._stream.read(1, _use_model())[0]:
            return None
        return self._stream.read(run_count(size), _run_model())

    def decode_plain(self, count: int, bits: int) -> np.ndarray:
        """The next pass of numbers that no table predicts."""
        return self._stream.read(count, uniform_model(1 << bits)) if bits else np.zeros(count, np.int32)

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


@dataclass(frozen=True)
class _Sorted:
    """A pass sorted by table."""

    order: np.ndarray  # where in the pass each of the sorted symbols stands
    stretches: list[tuple[int, slice]]  # each table that codes any, and which of the sorted symbols are its own
    reach: np.ndarray  # of each sorted symbol's table

    @cached_property
    def escape(self) -> np.ndarray:
        """The column of each sorted symbol that stands for all beyond its table's reach."""
        return 2 * self.reach + 1

    def in_pass_order(self, escaped: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where in the pass the escaped symbols stand, ascending, and the reach of each one's table."""
        sorted_places = np.flatnonzero(escaped)
        places = self.order[sorted_places]
        ascending = np.argsort(places)
        return places[ascending], self.reach[sorted_places[ascending]]


def _check_indices(indices: np.ndarray, tables: SymbolTables) -> None:
    if indices.ndim != 1 or indices.dtype != np.uint8:
        raise ValueError("table indices must be a flat array of uint8")
    if len(indices) and indices.max() >= len(tables):
        raise ValueError(f"table index {indices.max()} is not one of {len(tables)} tables")


def _sorted_by_table(indices: np.ndarray, tables: SymbolTables, places: np.ndarray | None) -> _Sorted:
    """All of a pass, or only what stands at some places, ascending."""
    if places is not None:
        indices = indices.take(places)
    order = np.argsort(indices, kind="stable")
    counts = np.bincount(indices, minlength=len(tables))
    used = np.flatnonzero(counts)
    ends = counts[used].cumsum()
    stretches = [
        (table, slice(end - count, end))
        for table, count, end in zip(used.tolist(), counts[used].tolist(), ends.tolist(), strict=True)
    ]
    return _Sorted(order if places is None else places.take(order), stretches, np.repeat(tables.reach, counts))


def _members_by_class(classes: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Each class that has low bits, ascending, and where in the pass's escapes its members stand."""
    for number in np.unique(classes).tolist():
        if number > 0:
            yield number, np.flatnonzero(classes == number)


@lru_cache(maxsize=8)
def _table_models(tables: SymbolTables) -> list:
    return [table_model(tables.row(index)) for index in range(len(tables))]


@lru_cache(maxsize=1)
def _use_model():
    return table_model(USE_FREQUENCIES)


@lru_cache(maxsize=1)
def _run_model():
    return table_model(RUN_FREQUENCIES)


@lru_cache(maxsize=1)
def _class_model():
    return table_model(CLASS_FREQUENCIES)
