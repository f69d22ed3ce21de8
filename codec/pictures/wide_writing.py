"""16-bit colour into files, which Pillow cannot write: PNG, and PPM where there is no alpha.

All of a PNG but its head and its pixels, metadata above all, is Pillow's: it writes a picture of one pixel, in which
these two are exchanged.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import Image, PngImagePlugin

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOUR_TYPES = {"L": 0, "LA": 4, "RGB": 2, "RGBA": 6}
_LEVEL = 4  # of zlib: a noisy 16-bit gradient takes as many bytes as with its usual 6, and half the time
_BAND = 2**18  # bytes of whole rows that are filtered at a time: what a processor's cache holds with all candidates


def wide_png(samples: np.ndarray, layout: str, **options: Any) -> bytes:
    """A PNG of (H, W, C) uint16 samples. The options are Pillow's for PNG: a profile, EXIF, text."""
    height, width, channels = samples.shape
    rows = np.ascontiguousarray(samples, ">u2").view(np.uint8).reshape(height, -1)  # (H, 2 * C * W)
    written = [_SIGNATURE]
    for name, body, _ in PngImagePlugin.getchunks(Image.new(layout, (1, 1)), **options):
        if name == b"IHDR":
            written.append(_chunk(name, struct.pack(">IIBBBBB", width, height, 16, _COLOUR_TYPES[layout], 0, 0, 0)))
        elif name == b"IDAT":
            written.extend(_chunk(name, part) for part in _deflated(rows, 2 * channels))
        else:
            written.append(_chunk(name, body))
    return b"".join(written)


def wide_ppm(samples: np.ndarray) -> bytes:
    height, width, _ = samples.shape
    return b"P6\n%d %d\n65535\n" % (width, height) + samples.astype(">u2").tobytes()


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _deflated(rows: np.ndarray, pixel: int) -> Iterator[bytes]:
    """In parts: a chunk has a length of 31 bits, and a large picture may have more bytes than that."""
    deflate = zlib.compressobj(_LEVEL, strategy=zlib.Z_FILTERED)
    above = np.zeros_like(rows[:1])
    step = max(1, _BAND // rows.shape[1])
    for top in range(0, len(rows), step):
        band = rows[top : top + step]
        if part := deflate.compress(_filtered(band, np.concatenate([above, band[:-1]]), pixel)):
            yield part
        above = band[-1:]
    yield deflate.flush()


def _filtered(band: np.ndarray, above: np.ndarray, pixel: int) -> bytes:
    """Each row under the filter of PNG's five that leaves it smallest, after a byte that says which one."""
    left, corner = np.zeros_like(band), np.zeros_like(band)
    left[:, pixel:], corner[:, pixel:] = band[:, :-pixel], above[:, :-pixel]
    mean = ((left.astype(np.uint16) + above) // 2).astype(np.uint8)
    guesses = (np.zeros_like(band), left, above, mean, _paeth(left, above, corner))
    candidates = np.stack([band - guess for guess in guesses])  # (5, rows, bytes); modulo 256, as PNG wants it
    sizes = np.minimum(candidates, -candidates).sum(axis=2, dtype=np.uint32)  # (5, rows)
    best = sizes.argmin(axis=0)  # (rows,)
    chosen = candidates[best, np.arange(len(band))]
    return np.column_stack([best.astype(np.uint8), chosen]).tobytes()


def _paeth(left: np.ndarray, above: np.ndarray, corner: np.ndarray) -> np.ndarray:
    """Of the three neighbours the one that is nearest to left + above - corner."""
    from_above, from_left = np.subtract(left, corner, dtype=np.int16), np.subtract(above, corner, dtype=np.int16)
    to_left, to_above, to_corner = np.abs(from_left), np.abs(from_above), np.abs(from_left + from_above)
    either = np.where(to_above <= to_corner, above, corner)
    return np.where((to_left <= to_above) & (to_left <= to_corner), left, either)
