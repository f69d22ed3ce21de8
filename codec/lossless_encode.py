"""A picture to the bytes of a `.wlc` file that gives every sample back. `lossless_decode.py` is the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch

from wlc import fitting, step_notes
from wlc.ancillary import chunks_of
from wlc.bitstream import alpha, plain_tile
from wlc.bitstream.container import WEBP, Container, write_container
from wlc.bitstream.errors import LimitExceeded
from wlc.bitstream.head import LARGEST_TILE_LOG2, WITHIN_LEVELS, Head, tiles
from wlc.bitstream.limits import DEFAULT_LIMITS
from wlc.bitstream.range_coder import RangeEncoder
from wlc.bitstream.tables import SymbolTables
from wlc.computing import computing
from wlc.encode import coder_named
from wlc.format_search import format_of, found_in
from wlc.leaning import best_leans
from wlc.loaded import Loaded, lossless_by_name
from wlc.models import reversible_colour
from wlc.models.groups import LEVELS
from wlc.models.lazy_split import split_count, subsampled
from wlc.models.lossless import Step, walk
from wlc.models.own_weights import Terms
from wlc.pictures import Picture
from wlc.residuals import Grain
from wlc.sample_estimates import level_log2_for, looks_drawn, repeats_bytes
from wlc.sample_tiles import NETS, PLAIN, WEBP_PICTURE, SampleTile, TileNote, alike, level_of
from wlc.strays import Strays
from wlc.tiling import short_tile_log2_for

MOST_ERROR = 255

MakeCoder = Callable[[SymbolTables], RangeEncoder]  # whoever measures may want one that counts


class LosslessEncoder:
    """One picture; with `max_error`, one whose samples may each be off by so many levels. Without `look_back` it is not
    asked whether a lossy format made the colours; whoever measures may want to know what that is worth."""

    def __init__(
        self,
        picture: Picture,
        *,
        max_error: int = 0,
        model: str | None = None,
        coder: str = "auto",
        device: str = "auto",
        threads: int | None = None,
        make_coder: MakeCoder = RangeEncoder,
        look_back: bool = True,
    ) -> None:
        if not 0 <= max_error <= MOST_ERROR:
            raise ValueError(f"max_error goes from 0 to {MOST_ERROR}, not {max_error}")
        height, width, channels = picture.samples.shape
        if max(height, width) > DEFAULT_LIMITS.side:
            raise LimitExceeded(f"a picture may be {DEFAULT_LIMITS.side} pixels a side, this one is {width}x{height}")
        self.picture = picture
        self._loaded = lossless_by_name(model, device)
        self._coder = coder_named(coder)
        self._threads = threads
        self._make_coder = make_coder
        self._look_back = look_back
        self.max_error = max_error
        has_alpha = channels in (2, 4)
        self._colours = picture.samples[..., : channels - has_alpha]
        self._alpha = alpha.encode_alpha(picture.samples[..., -1]) if has_alpha else None
        self._shown = self._colours.copy() if max_error else self._colours

    def file(self) -> bytes:
        height, width, _ = self._colours.shape
        head = self._head(short_tile_log2_for(height, width), LEVELS)
        with computing(self._loaded.device, self._threads):
            coded = self._coded_tiles(head)
        methods = {segments[0][0] for segments in coded}
        if methods == {PLAIN}:  # larger tiles do as well, and each takes a few bytes
            head = self._head(0 if head.tile_log2 == 0 else LARGEST_TILE_LOG2, 1)
            coded = [[_raw(self._colours[tile.within()])] for tile in sample_tiles(head)]
        elif NETS not in methods:
            head = self._head(head.tile_log2, 1)
        by_level = (segments[level] for level in range(head.levels) for segments in coded)
        return write_container(Container(head, chunks_of(self.picture.metadata), self._alpha, tuple(by_level)))

    def reconstruct(self) -> Picture:
        """What a decoder will show of the file."""
        return self.picture.with_colours(self._shown)

    def _head(self, tile_log2: int, levels: int) -> Head:
        height, width, channels = self.picture.samples.shape
        return Head(
            fingerprint=self._loaded.fingerprint,
            coder=self._coder,
            rate_index=self.max_error,
            layout=channels,
            bit_depth=self.picture.bit_depth,
            tile_log2=tile_log2,
            levels=levels,
            width=width,
            height=height,
            hints=WITHIN_LEVELS,
        )

    def _coded_tiles(self, head: Head) -> list[list[bytes]]:
        """For each tile its segments, level by level."""
        if self._coder == WEBP:
            return [_smallest(self._colours[tile.within()], None) for tile in sample_tiles(head)]
        notes = self._notes(head)
        coded: list[list[bytes]] = [[]] * head.tile_count

        def kind(tile: SampleTile) -> tuple[int, ...]:
            return tile.height, tile.width, notes[tile.number].transform

        for some in alike(sample_tiles(head), kind, lambda tile: tile.height * tile.width):
            originals = [self._colours[tile.within()] for tile in some]
            note = notes[some[0].number]
            writer = _Writer(self._loaded, np.stack(originals), note, self.max_error, self._make_coder)
            for tile, original, segments, shown in zip(some, originals, *writer.write(), strict=True):
                coded[tile.number] = _smallest(original, segments)
                if self.max_error:
                    kept = coded[tile.number] is segments
                    self._shown[tile.within()] = shown if kept else original
        return coded

    def _notes(self, head: Head) -> list[TileNote]:
        """For each tile: what suits the picture as a whole, except that each may have an origin of its own."""
        samples = self._colours
        repeated = self.max_error == 0 and repeats_bytes(samples)
        if repeated:
            samples = (samples >> 8).astype(np.uint8)
        level_log2 = level_log2_for(samples) if samples.dtype == np.uint16 else 0
        usual = TileNote(NETS, reversible_colour.DIFFERENCES_TO_GREEN, level_log2, repeated)
        if samples.shape[2] != reversible_colour.COLOURS or self.max_error:
            return [usual] * head.tile_count
        whole = torch.from_numpy(samples.astype(np.int32)).permute(2, 0, 1)[None]
        usual = replace(usual, transform=reversible_colour.best_for(whole))
        if samples.dtype == np.uint16 or not self._look_back:
            return [usual] * head.tile_count
        numbers = (format_of(samples[tile.within()]) for tile in sample_tiles(head))
        return [
            usual if number is None else replace(usual, transform=reversible_colour.FIRST_ORIGIN + number)
            for number in numbers
        ]


class _Writer:
    """Tiles of one shape, walked through together."""

    def __init__(
        self, loaded: Loaded, samples: np.ndarray, note: TileNote, max_error: int, make_coder: MakeCoder
    ) -> None:
        self._loaded, self._note = loaded, note
        self._grain = Grain(note.level_log2, max_error)
        self._depth = 8 if samples.dtype == np.uint8 or note.repeated else 16
        if note.repeated:
            samples = (samples >> 8).astype(np.uint8)
        self._size = samples.shape[1:3]
        dtype = torch.float32 if self._depth == 8 else torch.float64
        self._strays = [Strays()] * len(samples)
        self._halved: torch.Tensor | None = None  # chromas, for all splits but the finest
        if note.stored:
            found = [found_in(tile, note.stored) for tile in samples]
            self._strays = [Strays.where(one.missed, tile) for one, tile in zip(found, samples, strict=True)]
            self._planes = torch.from_numpy(np.stack([one.planes for one in found])).to(loaded.device, dtype)
            if note.enlargement:
                self._halved = torch.from_numpy(np.stack([one.halved for one in found])).to(loaded.device, dtype)
        else:
            planes = torch.from_numpy(samples.astype(np.int32)).to(loaded.device, dtype).permute(0, 3, 1, 2)
            self._planes = reversible_colour.to_planes(planes, note.transform)
        self._coders = [[make_coder(loaded.tables) for _ in range(LEVELS)] for _ in samples]
        self._green_error: torch.Tensor | None = None

    def write(self) -> tuple[list[list[bytes]], np.ndarray]:
        """The segments of each tile, and what a decoder will show, (tiles, H, W, colours)."""
        height, width = self._size
        splits = split_count(height, width)
        coarsest = torch.stack([self._plane(colour, splits) for colour in range(self._planes.shape[1])], dim=1)
        for coders, values in zip(self._coders, coarsest.cpu(), strict=True):
            plain = values.numpy().astype(np.int32).ravel() + (2 << self._depth)
            coders[0].encode_plain(plain, self._depth + 2)
        grain = self._grain
        shown = walk(
            self._loaded.model,
            coarsest,
            height,
            width,
            self._visit,
            level=1 << grain.level_log2,
            coarseness=grain.coarseness,
            enlargement=self._note.enlargement,
            own_weights=self._own_weights,
        )
        segments = []
        for coders, strays in zip(self._coders, self._strays, strict=True):
            first, *others = (coder.finish() for coder in coders)
            segments.append([replace(self._note, strays=strays).pack() + first, *others])
        return segments, samples_from(shown, self._note.transform, self._depth)

    def _plane(self, colour: int, split: int) -> torch.Tensor:
        """(tiles, h, w) as fine as a split."""
        if self._halved is not None and colour and split:
            return subsampled(self._halved[:, colour - 1], split - 1)
        return subsampled(self._planes[:, colour], split)

    def _actual(self, step: Step) -> torch.Tensor:
        actual = step.part_of(self._plane(step.colour, step.split))
        if self._green_error is not None and step.colour:
            actual = actual - self._green_error  # the difference to the green that a decoder will have
        return actual

    def _own_weights(self, step: Step, terms: Terms) -> torch.Tensor:
        own = fitting.own_weights(step, terms, self._actual(step))
        for coders, of_tile in zip(self._coders, own.cpu().numpy().astype(np.int32), strict=True):
            step_notes.write(coders[level_of(step.split)], of_tile)
        return own

    def _visit(self, step: Step) -> torch.Tensor:
        actual = self._actual(step)
        rows, columns = actual.shape[1:]
        named = self._grain.name(step.prediction.cpu().numpy(), step.index.cpu().numpy())
        inside = named.within(rows, columns)
        symbols, plain = self._grain.symbols_of(actual.cpu().numpy(), inside)
        for number, coders in enumerate(self._coders):
            coder, of_tile, leans = coders[level_of(step.split)], inside.of(number), None
            if step.is_large(*self._size):
                leans = best_leans(of_tile, symbols[number], self._loaded)
                step_notes.write(coder, leans)
            coder.encode(symbols[number].ravel(), of_tile.tables(leans).ravel())
            coder.encode_plain(plain[number].ravel(), self._grain.plain_bits)
        shown = named.nearest.copy()
        shown[:, :rows, :columns] = self._grain.samples_of(symbols, plain, inside)
        result = torch.from_numpy(shown).to(actual)
        if self._grain.max_error and step.colour == 0:
            self._green_error = result[:, :rows, :columns] - actual
        return result


def samples_from(planes: torch.Tensor, transform: int, depth: int) -> np.ndarray:
    """(B, planes, h, w) to samples (B, h, w, colours), brought into their range."""
    rgb = reversible_colour.to_rgb(planes, transform)
    highest = (1 << depth) - 1
    return rgb.clamp(0, highest).permute(0, 2, 3, 1).cpu().numpy().astype(np.uint8 if depth == 8 else np.uint16)


def sample_tiles(head: Head) -> list[SampleTile]:
    return [SampleTile(number, *rectangle) for number, rectangle in enumerate(tiles(head))]


def _raw(samples: np.ndarray) -> bytes:
    return TileNote(PLAIN).pack() + plain_tile.encode_raw(samples)


def _smallest(samples: np.ndarray, coded: list[bytes] | None) -> list[bytes]:
    """What the nets made of a tile, if they did, or something else that takes fewer bytes."""
    choices = [] if coded is None else [coded]
    if coded is None or looks_drawn(samples):
        choices.append([TileNote(WEBP_PICTURE).pack() + plain_tile.encode_webp(samples), *[b""] * (LEVELS - 1)])
    smallest = min(choices, key=lambda segments: sum(map(len, segments)))
    if sum(map(len, smallest)) > samples.nbytes:
        return [_raw(samples), *[b""] * (LEVELS - 1)]
    return smallest
