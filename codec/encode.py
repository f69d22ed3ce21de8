"""A picture to the bytes of a `.wlc` file. `decode.py` is the same line read backwards."""

from __future__ import annotations

from collections.abc import Callable

import torch

from wlc.ancillary import chunks_of
from wlc.bitstream import alpha, range_coder, webp_coder
from wlc.bitstream.container import RANGE, WEBP, Container, write_container
from wlc.bitstream.errors import LimitExceeded, WlcError
from wlc.bitstream.head import Head
from wlc.bitstream.limits import DEFAULT_LIMITS
from wlc.computing import computing
from wlc.effort import DEFAULT_EFFORT, rounds_for
from wlc.loaded import Loaded, by_name
from wlc.models import windows
from wlc.models.groups import LEVELS
from wlc.models.symbols import GroupSymbols, choose_symbols, with_indices
from wlc.models.table_sets import first_table
from wlc.pass_leans import best_lean, leaning, write_lean
from wlc.passes import flat, pass_places
from wlc.pictures import Picture
from wlc.refinement import refine_tiles
from wlc.tiling import Tile, batches, gather, tile_log2_for, tiles_of

_Name = Callable[[list[torch.Tensor]], list[GroupSymbols]]
_Take = Callable[[list[Tile], list[GroupSymbols]], None]


class Encoder:
    """One picture, written at as many qualities as one likes to try."""

    def __init__(
        self,
        picture: Picture,
        *,
        model: str | Loaded | None = None,
        coder: str = "auto",
        effort: int = DEFAULT_EFFORT,
        device: str = "auto",
        threads: int | None = None,
    ) -> None:
        self.picture = picture
        self._loaded: Loaded = model if isinstance(model, Loaded) else by_name(model, device)
        self._coder = coder_named(coder)
        self._rounds = rounds_for(effort)
        self._threads = threads
        height, width, channels = picture.samples.shape
        if max(height, width) > DEFAULT_LIMITS.side:
            raise LimitExceeded(f"a picture may be {DEFAULT_LIMITS.side} pixels a side, this one is {width}x{height}")
        has_alpha = channels in (2, 4)
        self._colours = picture.samples[..., : channels - has_alpha]
        self._alpha = alpha.encode_alpha(picture.samples[..., -1]) if has_alpha else None
        self._symbols: list[torch.Tensor] = []
        self._rate_index = 0

    @property
    def refines(self) -> bool:
        """Whether a file takes so long that a search had better look around with `glance` first."""
        return self._rounds > 0

    def at(self, rate_index: int) -> bytes:
        """The whole file at this quality, 0 to 255."""
        return self._made(rate_index, self._rounds)

    def glance(self, rate_index: int) -> bytes:
        """Nearly the same file, without the effort."""
        return self._made(rate_index, rounds_for(DEFAULT_EFFORT))

    def reconstruct(self) -> Picture:
        """What a decoder will show of the last file."""
        with computing(self._loaded.device, self._threads):
            colours = windows.samples_from(
                self._loaded.model,
                self._symbols,
                self._rate_index,
                self._colours.shape,
                self.picture.samples.dtype.type,
                0,
                self._loaded.device,
            )
        return self.picture.with_colours(colours)

    def _head(self, rate_index: int) -> Head:
        height, width, channels = self.picture.samples.shape
        return Head(
            fingerprint=self._loaded.fingerprint,
            coder=self._coder,
            rate_index=rate_index,
            layout=channels,
            bit_depth=self.picture.bit_depth,
            tile_log2=tile_log2_for(height, width),
            levels=LEVELS,
            width=width,
            height=height,
        )

    def _made(self, rate_index: int, rounds: int) -> bytes:
        model, device = self._loaded.model, self._loaded.device

        def choose(here: list[torch.Tensor]) -> list[GroupSymbols]:
            return choose_symbols(model, here, rate_index, self._loaded.bits)

        with computing(device, self._threads):
            head = self._head(rate_index)
            symbols = windows.values_of(model, self._colours, rate_index, device)
            if rounds:
                values = [value.clone() for value in symbols]
                tiles = tiles_of(head)
                _walk(tiles, symbols, device, choose)
                refine_tiles(self._loaded, tiles, self._colours, values, symbols, rate_index, rounds)
                del values
                segments = self._segments(head, symbols, lambda here: with_indices(model, here, rate_index))
            else:
                segments = self._segments(head, symbols, choose)
        # What was written is kept, so that `reconstruct` needs no decoding.
        self._symbols, self._rate_index = symbols, rate_index
        return write_container(Container(head, chunks_of(self.picture.metadata), self._alpha, tuple(segments)))

    def _segments(self, head: Head, values: list[torch.Tensor], name: _Name) -> list[bytes]:
        """Level by level, within a level tile by tile. Replaces the values by the symbols chosen for them."""
        tiles = tiles_of(head)
        segments = [b""] * head.segment_count
        write = self._write_range if self._coder == RANGE else _write_webp

        def take(some: list[Tile], groups: list[GroupSymbols]) -> None:
            for level in range(head.levels):
                inside = [chosen for chosen in groups if chosen.group.level == level]
                for tile, segment in zip(some, write(inside), strict=True):
                    segments[level * len(tiles) + tile.number] = segment

        _walk(tiles, values, self._loaded.device, name, take)
        return segments

    def _write_range(self, groups: list[GroupSymbols]) -> list[bytes]:
        """One segment a tile."""
        has_colour = self._colours.shape[2] == 3
        count = len(groups[0].symbols)
        coders = [range_coder.RangeEncoder(self._loaded.tables) for _ in range(count)]
        for chosen in groups:
            least = first_table(chosen.group, second=False)
            symbols, indices = flat(chosen.symbols, torch.int32), flat(chosen.indices, torch.uint8)
            first, second = pass_places(*chosen.symbols.shape[1:], has_colour)
            for coder, own_symbols, own_indices in zip(coders, symbols, indices, strict=True):
                passing, tables = own_symbols.take(first), own_indices.take(first)
                lean = best_lean(passing, tables, least, self._loaded.costs)
                write_lean(coder, lean)
                coder.encode(passing, leaning(tables, least, lean))
                coder.encode(own_symbols.take(second), own_indices.take(second))
        return [coder.finish() for coder in coders]


def _walk(
    tiles: list[Tile], values: list[torch.Tensor], device: torch.device, name: _Name, take: _Take | None = None
) -> None:
    """Symbols and tables for tiles, some at a time. Replaces the values by the symbols."""
    for some in batches(tiles):
        groups = name(gather(values, some, device))
        for group, chosen in enumerate(groups):
            for tile, part in zip(some, chosen.symbols.cpu(), strict=True):
                values[group][tile.of(group)] = part
        if take is not None:
            take(some, groups)


def _write_webp(groups: list[GroupSymbols]) -> list[bytes]:
    planes = [chosen.symbols.to("cpu", torch.int32).contiguous().numpy() for chosen in groups]
    return [webp_coder.encode([plane[tile] for plane in planes]) for tile in range(len(planes[0]))]


def coder_named(name: str) -> int:
    if name == "auto":
        return RANGE if range_coder.available() else WEBP
    if name == "range" and not range_coder.available():
        raise WlcError("the range coder needs the package constriction, which is not installed; use the webp coder")
    return {"range": RANGE, "webp": WEBP}[name]
