"""The same symbols without constriction: as the bytes of one lossless WebP picture a segment.

It takes more bytes than the range coder, knows nothing of tables, and runs wherever Pillow does.
"""

import struct
import warnings
import zlib
from collections.abc import Sequence
from io import BytesIO

import numpy as np
from PIL import Image

from .errors import CorruptFile, TruncatedFile, UnsupportedFile
from .escapes import LARGEST_MAGNITUDE
from .inflate import inflate_exactly
from .mosaic import MOST_SIDE, Shape, compose, lay_out, take_apart
from .varint import read_varint, write_varint

ESCAPE = 255
ESCAPE_BYTES = 4
EFFORT = {"lossless": True, "exact": True, "method": 6, "quality": 90}
VP8L_SIGNATURE = 0x2F
VP8L_HEADER_BYTES = 5


def encode(planes: Sequence[np.ndarray]) -> bytes:
    """One segment. Each plane is (C, h, w) int32; three channels in a row make the colours of one picture."""
    planes = [np.asarray(plane, np.int32) for plane in planes]
    mosaic = lay_out([plane.shape for plane in planes])
    if not mosaic.blocks:
        return b""
    if max(mosaic.height, mosaic.width) > MOST_SIDE:
        raise ValueError("this segment is too large for one WebP picture; use tiles")
    folded = [_fold(plane) for plane in planes]
    low = [np.minimum(plane, ESCAPE).astype(np.uint8) for plane in folded]
    picture = encode_picture(compose(mosaic, low))
    return write_varint(len(picture)) + picture + _encode_escapes(folded)


def decode(data: bytes, shapes: Sequence[Shape]) -> list[np.ndarray]:
    """The planes of `encode`, whose shapes the caller knows."""
    mosaic = lay_out(shapes)
    if not mosaic.blocks:
        if data:
            raise CorruptFile("this file has a segment that should be empty")
        return [np.zeros(shape, np.int32) for shape in shapes]
    if max(mosaic.height, mosaic.width) > MOST_SIDE:
        raise UnsupportedFile("this file needs a newer wlc: its segment is too large for one WebP picture")
    try:
        length, start = read_varint(data, 0)
    except TruncatedFile as error:
        raise CorruptFile("this file has an empty WebP segment") from error
    end = start + length
    if end > len(data):
        raise CorruptFile("this file has a WebP picture longer than its segment")
    picture = decode_picture(data[start:end], mosaic.height, mosaic.width)
    folded = [plane.astype(np.int32) for plane in take_apart(mosaic, picture, shapes)]
    _decode_escapes(data[end:], folded)
    return [_unfold(plane) for plane in folded]


def _fold(symbols: np.ndarray) -> np.ndarray:
    """0, -1, 1, -2, 2 ... become 0, 1, 2, 3, 4 ..., so that small magnitudes are small bytes."""
    if symbols.size and max(int(symbols.max()), -int(symbols.min())) > LARGEST_MAGNITUDE:
        raise ValueError(f"a symbol's magnitude may not exceed {LARGEST_MAGNITUDE}")
    return symbols << 1 ^ symbols >> 31


def _unfold(folded: np.ndarray) -> np.ndarray:
    return folded >> 1 ^ -(folded & 1)


def _encode_escapes(folded: Sequence[np.ndarray]) -> bytes:
    """What exceeds 254, in the planes' own order, as four byte planes; the upper ones are mostly zeros."""
    excess = np.concatenate([plane[plane >= ESCAPE] for plane in folded]) - ESCAPE
    if not excess.size:
        return b""
    return zlib.compress(excess.astype("<u4").view(np.uint8).reshape(-1, ESCAPE_BYTES).T.tobytes(), 9)


def _decode_escapes(data: bytes, folded: Sequence[np.ndarray]) -> None:
    """Adds each escape to the 255 that announced it, in place."""
    escaped = [plane == ESCAPE for plane in folded]
    counts = [int(mask.sum()) for mask in escaped]
    total = sum(counts)
    if not total:
        if data:
            raise CorruptFile("this file has a WebP segment with bytes left over")
        return
    raw = inflate_exactly(data, ESCAPE_BYTES * total, "list of large symbols")
    quads = np.frombuffer(raw, np.uint8).reshape(ESCAPE_BYTES, total).T
    excess = np.ascontiguousarray(quads).view("<u4").reshape(total)
    if int(excess.max()) + ESCAPE > 2 * LARGEST_MAGNITUDE:
        raise CorruptFile("this file holds a symbol that is larger than any can be")
    start = 0
    for plane, mask, count in zip(folded, escaped, counts, strict=True):
        plane[mask] += excess[start : start + count].astype(np.int32)
        start += count


def encode_picture(picture: np.ndarray) -> bytes:
    """(H, W, 3) uint8 as the VP8L bitstream alone: the 20 bytes of RIFF before it say nothing that is not known."""
    out = BytesIO()
    Image.fromarray(picture).save(out, "WEBP", **EFFORT)
    webp = out.getvalue()
    if webp[:4] + webp[8:16] != b"RIFFWEBPVP8L":
        raise RuntimeError("Pillow wrote something other than a plain lossless WebP picture")
    return webp[20 : 20 + struct.unpack("<I", webp[16:20])[0]]


def decode_picture(vp8l: bytes, height: int, width: int) -> np.ndarray:
    """(height, width, 3) uint8. Sizes are compared first, so that a lie about them is found before decoding a pixel."""
    expected = (width - 1) | (height - 1) << 14
    if len(vp8l) < VP8L_HEADER_BYTES or vp8l[0] != VP8L_SIGNATURE:
        raise CorruptFile("this file has a segment that is not a lossless WebP picture")
    if int.from_bytes(vp8l[1:VP8L_HEADER_BYTES], "little") != expected:
        raise CorruptFile("this file has a WebP picture of another size than its segment needs")
    padded = vp8l + bytes(len(vp8l) % 2)
    body = b"WEBPVP8L" + struct.pack("<I", len(vp8l)) + padded
    webp = b"RIFF" + struct.pack("<I", len(body)) + body
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(BytesIO(webp), formats=["WEBP"]) as image:
                if image.size != (width, height):
                    raise CorruptFile("this file has a WebP picture of another size than its segment needs")
                return np.asarray(image.convert("RGB"))
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        raise CorruptFile("this file has a WebP picture that does not decode") from error
