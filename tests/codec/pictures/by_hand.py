"""PNG and TIFF byte by byte, for the kinds that Pillow reads and cannot write."""

import struct
import zlib
from collections.abc import Iterator

import numpy as np

ADAM7 = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))
GRAY, RGB, PALETTE, GRAY_ALPHA, RGBA = 0, 2, 3, 4, 6


def png(samples: np.ndarray, colour_type: int, depth: int, *chunks: tuple[bytes, bytes], interlaced=False) -> bytes:
    """(H, W) or (H, W, C) of whole numbers that fit into the depth."""
    height, width = samples.shape[:2]
    passes = [samples[y::down, x::right] for y, x, down, right in ADAM7] if interlaced else [samples]
    pixels = b"".join(row for part in passes if part.size for row in png_rows(part, depth))
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, interlaced)
    everything = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(pixels)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in everything
    )


def png_rows(samples: np.ndarray, depth: int) -> Iterator[bytes]:
    """Whole bytes as differences from the pixel to the left (filter 1), smaller samples as they are (filter 0)."""
    height, width = samples.shape[:2]
    per_sample = samples.reshape(height, -1)
    if depth < 8:
        bits = (per_sample[:, :, None] >> np.arange(depth - 1, -1, -1)) & 1
        yield from (b"\0" + row.tobytes() for row in np.packbits(bits.reshape(height, -1), axis=1))
        return
    rows = per_sample.astype(">u2" if depth == 16 else np.uint8).view(np.uint8)
    pixel = rows.shape[1] // width
    rows[:, pixel:] -= rows[:, :-pixel].copy()
    yield from (b"\1" + row.tobytes() for row in rows)


def tiff(samples: np.ndarray, order: str, *, deflated=False, apart=False, extra: int | None = None) -> bytes:
    """(H, W, C) of uint16 in one strip, or in one for each channel; `extra` says what the fourth channel is."""
    height, width, channels = samples.shape
    planes = [samples[:, :, channel] for channel in range(channels)] if apart else [samples]
    strips = [plane.astype(order + "u2").tobytes() for plane in planes]
    if deflated:
        strips = [zlib.compress(strip) for strip in strips]
    entries = {
        256: ("I", [width]),
        257: ("I", [height]),
        258: ("H", [16] * channels),
        259: ("H", [8 if deflated else 1]),
        262: ("H", [2]),
        273: ("I", [0] * len(strips)),
        277: ("H", [channels]),
        278: ("I", [height]),
        279: ("I", [len(strip) for strip in strips]),
        284: ("H", [2 if apart else 1]),
    }
    if extra is not None:
        entries[338] = ("H", [extra])
    after = 8 + 2 + 12 * len(entries) + 4
    values_at = after + sum(entries[279][1])
    entries[273] = ("I", [after + sum(entries[279][1][:index]) for index in range(len(strips))])
    directory, values = b"", b""
    for tag, (kind, numbers) in entries.items():
        value = struct.pack(f"{order}{len(numbers)}{kind}", *numbers)
        if len(value) > 4:
            value, values = struct.pack(order + "I", values_at + len(values)), values + value
        directory += struct.pack(order + "HHI", tag, {"H": 3, "I": 4}[kind], len(numbers)) + value.ljust(4, b"\0")
    head = struct.pack(order + "2sHIH", b"II" if order == "<" else b"MM", 42, 8, len(entries))
    return head + directory + bytes(4) + b"".join(strips) + values
