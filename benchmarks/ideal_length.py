"""The ideal length of a lossless file: what its tables say of the very symbols in it, and the bits written plainly."""

from functools import lru_cache

import numpy as np
from PIL import Image

from wlc.bitstream.container import read_container
from wlc.bitstream.escapes import excess_bits
from wlc.bitstream.range_coder import RangeEncoder
from wlc.bitstream.tables import FREQUENCY_SUM, SymbolTables
from wlc.lossless_encode import LosslessEncoder
from wlc.pictures import read_picture
from wlc.sample_tiles import NETS, TileNote


class CountingEncoder(RangeEncoder):
    """Writes what any other would, and adds up what that would take if nothing were lost to rounding."""

    def __init__(self, tables: SymbolTables) -> None:
        super().__init__(tables)
        self._counted = tables
        self.bits = 0.0
        self.written = b""

    def encode(self, symbols: np.ndarray, indices: np.ndarray) -> None:
        super().encode(symbols, indices)
        self.bits += symbol_bits(self._counted, symbols, indices)

    def encode_plain(self, values: np.ndarray, bits: int) -> None:
        super().encode_plain(values, bits)
        self.bits += bits * len(values)

    def finish(self) -> bytes:
        self.written = super().finish()
        return self.written


def symbol_bits(tables: SymbolTables, symbols: np.ndarray, indices: np.ndarray) -> float:
    """Of symbols by their probabilities, each with the index of its table."""
    reach = tables.reach[indices]
    excess = np.abs(symbols) - reach - 1
    column = np.where(excess < 0, symbols + reach, 2 * reach + 1)
    return float(_column_bits(tables)[indices, column].sum() + excess_bits(excess[excess >= 0]).sum())


@lru_cache(maxsize=8)
def _column_bits(tables: SymbolTables) -> np.ndarray:
    """Zero frequencies are of columns that a table does not have."""
    return np.log2(FREQUENCY_SUM) - np.log2(np.maximum(tables.frequencies, 1))


def ideal_length(picture: Image.Image, model: str | None = None, device: str = "auto") -> float:
    """In bits. Tiles that the nets do not code count as they are: there is nothing to hold them against."""
    coders: list[CountingEncoder] = []

    def counting(tables: SymbolTables) -> CountingEncoder:
        coders.append(CountingEncoder(tables))
        return coders[-1]

    bare = read_picture(picture).without_metadata()
    data = LosslessEncoder(bare, model=model, coder="range", device=device, make_coder=counting).file()
    # The encoder may have found something shorter for a tile: only what really stands in the file counts.
    bits_of = {coder.written: coder.bits for coder in coders}
    container = read_container(data)
    total = 0.0
    for tile in range(container.head.tile_count):
        first, *others = container.segments[tile :: container.head.tile_count]
        note, coded = TileNote.unpack(first)
        total += sum(map(bits_of.__getitem__, (coded, *others))) if note.method == NETS else 8 * len(coded)
    return total
