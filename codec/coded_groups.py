"""The groups of a lossy file: their symbols, and how many bits each of them takes. An autoencoder's is one group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from wlc.bitstream.container import Container, level_sizes, read_container
from wlc.bitstream.head import Head
from wlc.bitstream.limits import DEFAULT_LIMITS, Limits
from wlc.computing import computing
from wlc.decode import decode_symbols
from wlc.loaded import Loaded, by_fingerprint
from wlc.models.groups import GROUPS, LEVELS, PLANES
from wlc.models.symbols import costs, with_indices
from wlc.models.windows import blank_symbols, grid_of
from wlc.pass_leans import tables_leaning
from wlc.tiling import batches, gather, tiles_of

_FINEST_CELL = 8


@dataclass(frozen=True, eq=False)
class CodedGroup:
    """One group of channels of the whole picture."""

    cell: int  # pixels a side of one of its places
    symbols: np.ndarray  # (C, h, w) int32
    bits: float


@dataclass(frozen=True, eq=False)
class CodedGroups:
    """Coarse to fine, as many as were asked for."""

    head: Head
    size: int  # bytes of the file, or of what is there of it
    groups: tuple[CodedGroup, ...]


def coded_groups(
    data: bytes,
    *,
    levels: int = LEVELS,
    device: str = "auto",
    threads: int | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> CodedGroups:
    """The symbols up to a level and their bits.

    What a level takes is known to the byte. Where several groups share one, the tables say how they share it.
    """
    symbols = decode_symbols(data, levels=levels, device=device, threads=threads, limits=limits)
    container = read_container(data, limits, levels=levels if levels < LEVELS else None)
    loaded = by_fingerprint(container.head.fingerprint, device)
    if loaded.is_autoencoder:
        cells, bits = [loaded.model.cell], [8 * sum(level_sizes(container))]
    else:
        with computing(loaded.device, threads):
            ideal = _ideal_bits(container.head, symbols, loaded)
        cells, bits = [_FINEST_CELL << group.shift for group in GROUPS], _shared(container, ideal)
    numbers = (x[0].to("cpu", torch.int32, memory_format=torch.contiguous_format).numpy() for x in symbols)
    return CodedGroups(container.head, len(data), tuple(map(CodedGroup, cells, numbers, bits)))


def _shared(container: Container, ideal: list[float]) -> list[float]:
    """The bits of each level, shared by its groups as their ideal bits are."""
    result = []
    for level, size in enumerate(level_sizes(container)):
        inside = [bits for bits, group in zip(ideal, GROUPS, strict=False) if group.level == level]
        result += [8 * size * bits / sum(inside) for bits in inside]
    return result


def _ideal_bits(head: Head, symbols: list[torch.Tensor], loaded: Loaded) -> list[float]:
    """What the tables say of every group, in bits."""
    absent = blank_symbols(*grid_of(head.height, head.width), LEVELS)[len(symbols) :]
    everything = [*symbols, *absent]  # the nets look back only: what comes later does not matter
    coded = slice(None, None, 1 if head.colours == PLANES else PLANES)  # without colour, its channels are not written
    result = [0.0] * len(symbols)
    for some in batches(tiles_of(head)):
        parts = with_indices(loaded.model, gather(everything, some, loaded.device), head.rate_index)
        for number, part in enumerate(parts[: len(result)]):
            tables = tables_leaning(part, loaded.costs, head.colours == PLANES)[:, coded]
            result[number] += float(costs(loaded.bits, tables)(part.symbols[:, coded].abs()).double().sum())
    return result
