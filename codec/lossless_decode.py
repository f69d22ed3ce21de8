"""The bytes of a lossless `.wlc` file to its samples. `lossless_encode.py` is the way there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from wlc import step_notes
from wlc.bitstream import plain_tile
from wlc.bitstream.container import Container
from wlc.bitstream.errors import CorruptFile
from wlc.bitstream.head import RANGE, Head
from wlc.bitstream.range_coder import RangeDecoder
from wlc.loaded import Loaded
from wlc.lossless_encode import sample_tiles, samples_from
from wlc.models.groups import LEVELS
from wlc.models.lazy_split import side_after, split_count, subsampled
from wlc.models.lossless import Step, walk
from wlc.models.own_weights import Terms
from wlc.models.reversible_colour import COLOURS
from wlc.residuals import LEAN_CLASSES, Grain
from wlc.sample_tiles import NETS, PLAIN, WEBP_PICTURE, SampleTile, TileNote, alike, level_of
from wlc.step_notes import LARGEST_LEAN, LARGEST_WEIGHT


def lossless_samples(container: Container, loaded: Loaded, reduce: int) -> np.ndarray:
    """(H, W, colours), or with `reduce` every 2nd, 4th, 8th sample of every such row; half-size chroma as it is stored.

    Segments that are not there, at the end of the file, are replaced by what the nets expect in them.
    """
    head = container.head
    colours = head.colours
    dtype = np.uint8 if head.bit_depth == 8 else np.uint16
    samples = np.empty((side_after(head.height, reduce), side_after(head.width, reduce), colours), dtype)
    tiles = sample_tiles(head)
    noted = []
    for tile in tiles:
        segments = list(container.segments[tile.number :: len(tiles)])[: LEVELS - reduce]
        if not segments:
            raise CorruptFile("this file has a tile without its first segment")
        note, segments[0] = TileNote.unpack(segments[0])
        if note.method == NETS and head.levels != LEVELS:
            raise CorruptFile(f"this file has {head.levels} levels, and tiles that need {LEVELS}")
        noted.append((note, tile, segments))
    plainly = [one for one in noted if one[0].method != NETS]
    for note, tile, segments in plainly:
        samples[tile.within(reduce)] = _plain(head, note, tile, segments, colours)[:: 1 << reduce, :: 1 << reduce]
    by_nets = [one for one in noted if one[0].method == NETS]
    if by_nets and head.coder != RANGE:
        raise CorruptFile("this file says that it does without the range coder, and has tiles that need it")

    def kind(one: tuple[TileNote, SampleTile, list[bytes]]) -> tuple:
        note, tile, segments = one
        return tile.height, tile.width, note.transform, note.level_log2, note.repeated, len(segments)

    for some in alike(by_nets, kind, lambda one: one[1].height * one[1].width):
        reader = _Reader(head, loaded, [one[2] for one in some], some[0][1], [one[0] for one in some], colours)
        for (_, tile, _), own in zip(some, reader.read(reduce), strict=True):
            samples[tile.within(reduce)] = own
    return samples


def _plain(head: Head, note: TileNote, tile: SampleTile, segments: Sequence[bytes], colours: int) -> np.ndarray:
    if any(segments[1:]):
        raise CorruptFile("this file has a tile with segments that it does not need")
    decode = {WEBP_PICTURE: plain_tile.decode_webp, PLAIN: plain_tile.decode_raw}[note.method]
    return decode(segments[0], tile.height, tile.width, colours, head.bit_depth)


class _Reader:
    """Tiles of one shape, walked through together."""

    def __init__(
        self,
        head: Head,
        loaded: Loaded,
        segments: list[list[bytes]],
        tile: SampleTile,
        notes: list[TileNote],
        colours: int,
    ) -> None:
        note = notes[0]  # they differ in their strays
        if note.repeated and head.bit_depth == 8:
            raise CorruptFile("this file has a tile of 16-bit samples in a picture of 8 bits")
        if note.has_origin and (colours != COLOURS or head.bit_depth > 8 and not note.repeated):
            raise CorruptFile("this file has a tile with an origin that it cannot have")
        for each in notes:
            each.strays.check(tile.height * tile.width)
        self._loaded, self._note, self._notes = loaded, note, notes
        self._colours = colours
        self._size = tile.height, tile.width
        self._grain = Grain(note.level_log2, head.rate_index)
        self._depth = 8 if note.repeated else head.bit_depth
        self._dtype = torch.float32 if self._depth == 8 else torch.float64
        self._coders = [[RangeDecoder(segment, loaded.tables) for segment in of_tile] for of_tile in segments]

    def read(self, reduce: int) -> np.ndarray:
        """(tiles, h, w, colours)."""
        height, width = self._size
        splits = split_count(height, width)
        shape = (self._colours, side_after(height, splits), side_after(width, splits))
        plain = [coders[0].decode_plain(int(np.prod(shape)), self._depth + 2) for coders in self._coders]
        values = np.stack(plain).reshape(-1, *shape) - (2 << self._depth)
        planes = walk(
            self._loaded.model,
            torch.from_numpy(values).to(self._loaded.device, self._dtype),
            height,
            width,
            self._visit,
            level=1 << self._grain.level_log2,
            coarseness=self._grain.coarseness,
            finest=reduce,
            enlargement=self._note.enlargement,
            own_weights=self._own_weights,
        )
        for coders in self._coders:
            for coder in coders:
                coder.finish()
        samples = samples_from(subsampled(planes, max(0, reduce - splits)), self._note.transform, self._depth)
        for own, note in zip(samples, self._notes, strict=True):
            note.strays.put_over(own, width, reduce)
        return samples.astype(np.uint16) * 257 if self._note.repeated else samples

    def _own_weights(self, step: Step, terms: Terms) -> torch.Tensor | None:
        level = level_of(step.split)
        if level >= len(self._coders[0]):
            return None
        own = np.stack([step_notes.read(coders[level], terms.count, LARGEST_WEIGHT) for coders in self._coders])
        return torch.from_numpy(own).to(self._loaded.device) if own.any() else None

    def _visit(self, step: Step) -> torch.Tensor:
        level = level_of(step.split)
        named = self._grain.name(step.prediction.cpu().numpy(), step.index.cpu().numpy())
        shown = named.nearest.copy()
        if level < len(self._coders[0]):
            rows, columns = step.size(*self._size)
            inside = named.within(rows, columns)
            symbols, plain = np.empty_like(inside.nearest), np.empty_like(inside.nearest)
            large = step.is_large(*self._size)
            for number, coders in enumerate(self._coders):
                coder = coders[level]
                leans = step_notes.read(coder, LEAN_CLASSES, LARGEST_LEAN) if large else None
                tables = inside.of(number).tables(leans)
                symbols[number] = coder.decode(tables.ravel()).reshape(rows, columns)
                plain[number] = coder.decode_plain(rows * columns, self._grain.plain_bits).reshape(rows, columns)
            shown[:, :rows, :columns] = self._grain.samples_of(symbols, plain, inside)
        return torch.from_numpy(shown).to(self._loaded.device, self._dtype)
