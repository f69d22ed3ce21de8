"""Tiles that the nets would not make smaller: as a lossless WebP picture, or just as they are.

Drawings and screenshots repeat themselves, and WebP's palette and back-references see that; noise has nothing to see.
"""

from __future__ import annotations

import numpy as np

from .byte_planes import join, split
from .errors import CorruptFile, TruncatedFile
from .varint import read_varint, write_varint
from .webp_coder import decode_picture, encode_picture

COLOURS = 3


def encode_webp(samples: np.ndarray) -> bytes:
    """(H, W, 1 or 3) uint8 or uint16 as one WebP picture a byte plane, the high one first."""
    pictures = [encode_picture(np.ascontiguousarray(np.broadcast_to(plane, (*plane.shape[:2], COLOURS))))
                for plane in split(samples)]  # fmt: skip
    return b"".join(write_varint(len(picture)) + picture for picture in pictures)


def decode_webp(data: bytes, height: int, width: int, colours: int, bit_depth: int) -> np.ndarray:
    """The (height, width, colours) samples."""
    planes, start = [], 0
    for _ in range(bit_depth // 8):
        length, start = _length(data, start)
        planes.append(decode_picture(data[start : start + length], height, width)[..., :colours])
        start += length
    if start != len(data):
        raise CorruptFile("this file has a WebP tile with bytes left over")
    return join(planes)


def encode_raw(samples: np.ndarray) -> bytes:
    return split(samples).tobytes()


def decode_raw(data: bytes, height: int, width: int, colours: int, bit_depth: int) -> np.ndarray:
    planes = bit_depth // 8
    if len(data) != planes * height * width * colours:
        raise CorruptFile("this file has a plain tile of the wrong length")
    return join(np.frombuffer(data, np.uint8).reshape(planes, height, width, colours))


def _length(data: bytes, start: int) -> tuple[int, int]:
    try:
        length, start = read_varint(data, start)
    except TruncatedFile as error:
        raise CorruptFile("this file has a WebP tile that is too short") from error
    if start + length > len(data):
        raise CorruptFile("this file has a WebP tile that is too short")
    return length, start
