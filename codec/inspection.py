"""Looking at a `.wlc` file without showing it: what it says of itself, and whether it is whole."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from wlc.bitstream.container import (
    EXIF,
    ICC,
    RANGE,
    XMP,
    Container,
    level_sizes,
    read_container,
)
from wlc.bitstream.head import ONE_QUALITY, WITHIN_LEVELS
from wlc.bitstream.limits import DEFAULT_LIMITS, Limits
from wlc.search import nearest_quality

LAYOUT_NAMES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA", 5: "BANDS"}


@dataclass(frozen=True)
class FileInfo:
    """What a sound file says of itself. Sizes are in bytes, levels stand coarsest first."""

    size: int
    width: int
    height: int
    layout: str
    channels: int  # alpha included
    bit_depth: int
    bpp: float
    format_version: str
    coder: str
    fingerprint: str
    model: str | None  # None if the weights are not installed: then the file cannot be decoded here
    rate_index: int
    quality: int | None  # None where samples are within `max_error` levels of the original, or the model has one only
    max_error: int | None  # 0 is lossless
    latent_channels: int | None  # of an autoencoder, if its weights are installed
    latent_bits: int | None
    levels: int
    tiles: int
    level_sizes: tuple[int, ...]
    alpha_size: int
    icc_size: int
    exif_size: int
    xmp_size: int


def info(data: bytes | str | os.PathLike[str], *, limits: Limits = DEFAULT_LIMITS) -> FileInfo:
    """What a `.wlc` file, given as its bytes or its path, says of itself; its checksums are checked."""
    data = as_bytes(data)
    return _describe(len(data), read_container(data, limits))


def verify(
    data: bytes | str | os.PathLike[str],
    *,
    quick: bool = False,
    device: str = "auto",
    threads: int | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> FileInfo:
    """Raise what is wrong with a file; say what it is if nothing is.

    Structure and checksums come first, then everything is decoded, down to the last symbol and pixel. With
    `quick` the decoding is left out: that finds every damage, but not a writer's mistake under a right
    checksum.
    """
    data = as_bytes(data)
    found = info(data, limits=limits)
    if not quick:
        from wlc.decode import decode

        decode(data, device=device, threads=threads, limits=limits)
    return found


def as_bytes(data: bytes | bytearray | memoryview | str | os.PathLike[str]) -> bytes:
    """The bytes of a file, whether they or its path were given."""
    return Path(data).read_bytes() if isinstance(data, (str, os.PathLike)) else bytes(data)


def _describe(size: int, container: Container) -> FileInfo:
    head, ancillary = container.head, dict(container.ancillary)
    path = _weights_of(head.fingerprint)
    config = _config_in(path) if head.hints & ONE_QUALITY else {}
    return FileInfo(
        size=size,
        width=head.width,
        height=head.height,
        layout=LAYOUT_NAMES[head.layout],
        channels=head.colours + head.has_alpha,
        bit_depth=head.bit_depth,
        bpp=8 * size / (head.width * head.height),
        format_version=f"{head.major}.{head.minor}",
        coder="range" if head.coder == RANGE else "webp",
        fingerprint=head.fingerprint.hex(),
        model=path.stem if path else None,
        rate_index=head.rate_index,
        quality=None if head.hints & (WITHIN_LEVELS | ONE_QUALITY) else nearest_quality(head.rate_index),
        max_error=head.rate_index if head.hints & WITHIN_LEVELS else None,
        latent_channels=config.get("latent_dim"),
        latent_bits=config.get("latent_bits"),
        levels=head.levels,
        tiles=head.tile_count,
        level_sizes=tuple(level_sizes(container)),
        alpha_size=len(container.alpha or b""),
        icc_size=len(ancillary.get(ICC, b"")),
        exif_size=len(ancillary.get(EXIF, b"")),
        xmp_size=len(ancillary.get(XMP, b"")),
    )


def _weights_of(fingerprint: bytes) -> Path | None:
    """Where the weights lie, if they are installed; without safetensors, no weights can be."""
    try:
        from wlc.models.weights import find_by_fingerprint
    except ImportError:
        return None
    return find_by_fingerprint(fingerprint)


def _config_in(path: Path | None) -> dict:
    if path is None:
        return {}
    from wlc.models.weights import noted

    return noted(path).config
