"""The bytes of a `.wlc` file to a picture. `encode.py` is the same line read backwards."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from wlc.ancillary import metadata_in
from wlc.autoencoder_decode import autoencoder_samples, codes_in
from wlc.bitstream import alpha, range_coder, webp_coder
from wlc.bitstream.container import RANGE, Container, read_container
from wlc.bitstream.errors import UnsupportedFile, WlcError
from wlc.bitstream.head import BANDS, LA, Head, L
from wlc.bitstream.limits import DEFAULT_LIMITS, Limits
from wlc.computing import computing
from wlc.loaded import Loaded, by_fingerprint
from wlc.lossless_decode import lossless_samples
from wlc.models import windows
from wlc.models.groups import GROUPS, LEVELS
from wlc.models.scale_nets import table_index
from wlc.models.table_sets import first_table
from wlc.pass_leans import leaning, read_lean
from wlc.passes import flat, pass_places, unflat
from wlc.pictures import Picture
from wlc.tiling import Tile, batches, tiles_of


def decode(
    data: bytes,
    *,
    reduce: int = 0,
    upto: int | None = None,
    device: str = "auto",
    threads: int | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Picture:
    """The picture, or with `reduce` 1, 2, 3 its 1/2, 1/4, 1/8, for which a prefix of the file is enough.

    `upto` shows what is seen of a file of which only so many bytes have come: fewer details, and no error.
    """
    if reduce not in range(LEVELS):
        raise ValueError(f"reduce is 0, 1, 2 or 3, not {reduce}")
    if upto is not None and upto < 0:
        raise ValueError(f"upto is a number of bytes, not {upto}")
    levels = LEVELS - reduce if reduce else None
    container = read_container(data[:upto], limits, levels=levels, cut_off=upto is not None)
    head = container.head
    loaded = by_fingerprint(head.fingerprint, device)
    with computing(loaded.device, threads):
        if loaded.is_lossless:
            samples = lossless_samples(container, loaded, reduce)
        elif loaded.is_autoencoder:
            samples = autoencoder_samples(container, loaded, reduce)
        else:
            symbols = _symbols(container, loaded, min(LEVELS - reduce, len(container.segments) // head.tile_count))
            shape = (head.height, head.width, head.colours)
            dtype = np.uint8 if head.bit_depth == 8 else np.uint16
            samples = windows.samples_from(loaded.model, symbols, head.rate_index, shape, dtype, reduce, loaded.device)
    if head.has_alpha:
        plane = alpha.decode_alpha(container.alpha, head.height, head.width, head.bit_depth)
        samples = np.concatenate([samples, _shrunk(plane, reduce)[..., np.newaxis]], axis=2)
    return Picture(samples, metadata_in(container), is_cube=head.layout == BANDS)


def decode_symbols(
    data: bytes,
    *,
    levels: int = LEVELS,
    device: str = "auto",
    threads: int | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> list[torch.Tensor]:
    """The integers of every group up to a level, (1, C, h, w) each, as they were written.

    With fewer than all levels the rest of the file need not be there. An autoencoder's codes are a single group.
    """
    container = read_container(data, limits, levels=levels if levels < LEVELS else None)
    loaded = by_fingerprint(container.head.fingerprint, device)
    if loaded.is_autoencoder:
        return [torch.from_numpy(codes_in(container, loaded)).float()[None]]
    if loaded.is_lossless:
        raise WlcError("this file was made without loss, sample by sample: it holds no latents, only its picture")
    with computing(loaded.device, threads):
        return _symbols(container, loaded, levels)


def decode_alike(
    files: Sequence[bytes],
    *,
    levels: int = LEVELS,
    device: str = "auto",
    threads: int | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> list[torch.Tensor]:
    """As `decode_symbols`, of many small files at once: (files, C, h, w) for each group.

    The nets that steer the coder cost nearly as much for one small picture as for a dozen, so that this is several
    times as fast. The files must be alike in everything that their heads say, and of one tile.
    """
    containers = [read_container(data, limits, levels=levels if levels < LEVELS else None) for data in files]
    head = containers[0].head
    if any(container.head != head for container in containers):
        raise WlcError("only files of one size, quality and kind can be read together")
    if head.tile_count > 1:
        raise WlcError("only files of a single tile can be read together")
    loaded = by_fingerprint(head.fingerprint, device)
    if loaded.is_lossless:
        raise WlcError("these files were made without loss, sample by sample: they hold no latents")
    if head.levels != LEVELS:
        raise UnsupportedFile(f"this file has {head.levels} levels, and only {LEVELS} are known here")
    read = _read_range if head.coder == RANGE else _read_webp
    segments = [[container.segments[level] for container in containers] for level in range(levels)]
    with computing(loaded.device, threads):
        return [part.cpu() for part in read(head, segments, tiles_of(head)[0], loaded)]


def _symbols(container: Container, loaded: Loaded, levels: int) -> list[torch.Tensor]:
    """The symbols of the whole picture, tile by tile, within a tile level by level."""
    head = container.head
    if head.levels != LEVELS:
        raise UnsupportedFile(f"this file has {head.levels} levels, and only {LEVELS} are known here")
    tiles = tiles_of(head)
    read = _read_range if head.coder == RANGE else _read_webp
    if len(tiles) == 1:
        alone = [[segment] for segment in container.segments[:levels]]
        return [part.cpu() for part in read(head, alone, tiles[0], loaded)]
    symbols = windows.blank_symbols(*windows.grid_of(head.height, head.width), levels)
    for some in batches(tiles):
        segments = [[container.segments[level * len(tiles) + tile.number] for tile in some] for level in range(levels)]
        for group, parts in enumerate(read(head, segments, some[0], loaded)):
            for tile, part in zip(some, parts.cpu(), strict=True):
                symbols[group][tile.of(group)] = part
    return symbols


def _read_range(head: Head, segments: list[list[bytes]], shape: Tile, loaded: Loaded) -> list[torch.Tensor]:
    """Tiles of one shape: the segments of each level, tile by tile, to one batch of symbols a group."""
    has_colour = head.layout not in (L, LA)
    count = len(segments[0])
    quality = torch.full((count,), head.rate_index, device=loaded.device)
    context = loaded.model.scale_nets.start(quality, shape.height, shape.width)
    result = []
    for level, of_tiles in enumerate(segments):
        coders = [range_coder.RangeDecoder(segment, loaded.tables) for segment in of_tiles]
        for group in (group for group in GROUPS if group.level == level):
            size = group.shape(shape.height, shape.width)
            first, second = pass_places(*size, has_colour)
            known = np.zeros((count, np.prod(size)), np.int32)
            least = first_table(group, second=False)
            _read_pass(coders, known, first, context.first(), least, [read_lean(coder) for coder in coders])
            raw = context.second(unflat(known, *size, loaded.device))
            _read_pass(coders, known, second, raw, first_table(group, second=True), [0] * count)
            symbols = unflat(known, *size, loaded.device)
            context.take(symbols)
            result.append(symbols.float())
        for coder in coders:
            coder.finish()
    return result


def _read_pass(
    coders: list[range_coder.RangeDecoder],
    known: np.ndarray,
    places: np.ndarray,
    raw: torch.Tensor,
    least: int,
    leans: list[int],
) -> None:
    """One pass of one group into `known`, for each tile. `least` is the table of the least scale."""
    scales = flat(table_index(raw), torch.uint8)
    for coder, own, own_scales, lean in zip(coders, known, scales, leans, strict=True):
        indices = own_scales.take(places) + np.uint8(least)
        own[places] = coder.decode(leaning(indices, least, lean))


def _read_webp(head: Head, segments: list[list[bytes]], shape: Tile, loaded: Loaded) -> list[torch.Tensor]:
    """The same from WebP pictures, which need no nets."""
    result = []
    for level, of_tiles in enumerate(segments):
        sizes = [group.shape(shape.height, shape.width) for group in GROUPS if group.level == level]
        decoded = [webp_coder.decode(segment, sizes) for segment in of_tiles]
        result.extend(torch.from_numpy(np.stack(planes)).float() for planes in zip(*decoded, strict=True))
    return result


def _shrunk(plane: np.ndarray, reduce: int) -> np.ndarray:
    """Alpha at 1 / 2^reduce of its size: the mean over each cell, the last ones filled by repetition."""
    if not reduce:
        return plane
    cell = 2**reduce
    padded = np.pad(plane, [(0, -extent % cell) for extent in plane.shape], mode="edge")
    height, width = (extent // cell for extent in padded.shape)
    mean = padded.reshape(height, cell, width, cell).mean(axis=(1, 3), dtype=np.float32)
    return (mean + 0.5).astype(plane.dtype)
