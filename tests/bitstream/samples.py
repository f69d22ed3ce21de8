"""Small containers, tables and symbols that the tests of this folder share."""

import numpy as np

from wlc.bitstream.alpha import encode_alpha
from wlc.bitstream.container import RANGE, RGB, RGBA, Container, Head, L
from wlc.bitstream.tables import SymbolTables, quantise_frequencies


def sample_head(**changes) -> Head:
    fields = {
        "fingerprint": bytes(range(8)),
        "coder": RANGE,
        "rate_index": 3,
        "layout": RGB,
        "bit_depth": 8,
        "tile_log2": 0,
        "levels": 4,
        "width": 40,
        "height": 30,
    }
    return Head(**{**fields, **changes})


def sample_containers() -> list[Container]:
    """The smallest, one with levels, and one with everything that a file can hold."""
    rng = np.random.default_rng(7)
    alpha = encode_alpha(rng.integers(0, 256, (70, 100), dtype=np.uint8) // 64)
    crowded = sample_head(layout=RGBA, tile_log2=6, levels=2, width=100, height=70)
    ancillary = ((b"iCCp", b"profile"), (b"eXIf", b""), (b"xMPd", b"<x/>"), (b"abCd", b"of a later wlc"))
    return [
        Container(sample_head(levels=1, layout=L, bit_depth=16), (), None, (b"one segment",)),
        Container(sample_head(), (), None, tuple(rng.bytes(n) for n in (3, 0, 17, 140))),
        Container(crowded, ancillary, alpha, tuple(rng.bytes(n) for n in range(8))),
    ]


def sample_tables(count: int = 64, columns: int = 90) -> SymbolTables:
    """Laplacian tables of growing scale, with reaches from 0 upwards."""
    reach = np.minimum(np.arange(count), columns // 2 - 1)
    frequencies = np.zeros((count, columns), np.uint32)
    for index, width in enumerate(reach.tolist()):
        weights = np.exp(-np.abs(np.arange(-width, width + 1)) / (0.2 + index / 6)) + 1e-7
        row = quantise_frequencies(np.append(weights, 1e-3 * weights.sum()))
        frequencies[index, : len(row)] = row
    return SymbolTables(frequencies, reach)


def sample_pass(rng: np.random.Generator, size: int, tables: SymbolTables) -> tuple[np.ndarray, np.ndarray]:
    """Symbols with their table indices; some lie outside their tables, a few of those far outside."""
    indices = rng.integers(0, len(tables), size).astype(np.uint8)
    symbols = np.round(rng.laplace(0, 0.2 + indices / 5)).astype(np.int32)
    far = rng.random(size) < 0.01
    symbols[far] = np.round(rng.choice([-1, 1], far.sum()) * 2 ** rng.uniform(0, 23.9, far.sum()))
    return symbols, indices
