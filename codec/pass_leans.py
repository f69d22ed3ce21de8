"""How a group of a tile differs from what the nets expect of it: wider as a whole, or narrower.

The first pass of a group knows little of what is to come, and pictures differ. A lean, four bits before it, moves all
of its scales by so many tables. Symbols of the least scale stay where they are: they are quiet (see
`bitstream/quiet_runs.py`), and to code them one by one would take long. Second passes have seen half of the group, and
need no lean.
"""

import numpy as np
import torch

from wlc.bitstream.range_coder import RangeDecoder, RangeEncoder
from wlc.models.scale_nets import TABLES
from wlc.models.symbols import GroupSymbols
from wlc.models.table_sets import first_table
from wlc.passes import flat, pass_places, unflat

BITS = 4
_MOST = 1 << BITS - 1
_LEANS = np.array(sorted(range(-_MOST, _MOST), key=abs))  # of equals the least is taken
_MOVED = np.clip(np.arange(1, TABLES)[:, np.newaxis] + _LEANS, 1, TABLES - 1)
_LOOKED_AT = 1 << 15  # symbols, or somewhat more


def best_lean(symbols: np.ndarray, indices: np.ndarray, first: int, bits: np.ndarray) -> int:
    """With which a first pass takes the fewest bits: `bits[table, magnitude]`, the last for all larger ones.

    `first` is the table of the least scale.
    """
    stride = len(symbols) // _LOOKED_AT | 1  # odd, so as not to see one half of a checkerboard only
    scales = indices[::stride] - np.uint8(first)
    told = np.flatnonzero(scales > 0)
    magnitudes = np.abs(symbols[::stride][told])
    columns = min(int(magnitudes.max(initial=0)) + 1, bits.shape[1])
    places = scales[told] * np.int64(columns) + np.minimum(magnitudes, columns - 1)
    counts = np.bincount(places, minlength=TABLES * columns).reshape(TABLES, columns)[1:]
    in_each_table = bits[first + 1 : first + TABLES, :columns].T.astype(np.float64)
    costs = np.einsum("sm,mt->st", counts.astype(np.float64), in_each_table)  # too small to wake up threads for
    return int(_LEANS[np.take_along_axis(costs, _MOVED - 1, axis=1).sum(axis=0).argmin()])


def leaning(indices: np.ndarray, first: int, lean: int) -> np.ndarray:
    """The tables after leaning."""
    if not lean:
        return indices
    least, most = np.uint8(first + 1), np.uint8(first + TABLES - 1)
    if lean > 0:
        return indices + np.minimum(most - indices, np.uint8(lean)) * (indices != first)
    return indices - np.minimum(np.maximum(indices, least) - least, np.uint8(-lean))


def tables_leaning(chosen: GroupSymbols, bits: np.ndarray, has_colour: bool = True) -> torch.Tensor:
    """The tables that code the symbols of a group in a file, (B, C, h, w) uint8, each tile with its own lean."""
    size = chosen.symbols.shape[1:]
    symbols, tables = flat(chosen.symbols, torch.int32), flat(chosen.indices, torch.uint8).copy()
    places, _ = pass_places(*size, has_colour)
    first = first_table(chosen.group, second=False)
    for own_symbols, own in zip(symbols, tables, strict=True):
        passing = own[places]
        own[places] = leaning(passing, first, best_lean(own_symbols[places], passing, first, bits))
    return unflat(tables, *size, chosen.indices.device)


def write_lean(coder: RangeEncoder, lean: int) -> None:
    coder.encode_plain(np.array([lean + _MOST]), BITS)


def read_lean(coder: RangeDecoder) -> int:
    return int(coder.decode_plain(1, BITS)[0]) - _MOST
