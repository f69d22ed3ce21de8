"""What a tile says about a step before its symbols: small numbers, how wide they are and then they.

Numbers that are all zero take half a byte.
"""

from __future__ import annotations

import numpy as np

from wlc.bitstream.errors import CorruptFile
from wlc.bitstream.range_coder import RangeDecoder, RangeEncoder

LARGEST_WEIGHT = 511
LARGEST_LEAN = 15
_WIDTH_BITS = 4


def write(coder: RangeEncoder, numbers: np.ndarray) -> None:
    width = _width(numbers)
    coder.encode_plain(np.array([width]), _WIDTH_BITS)
    coder.encode_plain(numbers + (1 << width >> 1), width)


def read(coder: RangeDecoder, count: int, largest: int) -> np.ndarray:
    width, widest = int(coder.decode_plain(1, _WIDTH_BITS)[0]), largest.bit_length() + 1
    if width > widest:
        raise CorruptFile(f"this file has a tile with a number of {width} bits where {widest} are the most")
    return coder.decode_plain(count, width) - (1 << width >> 1)


def bits_of(numbers: np.ndarray) -> int:
    """What they take."""
    return _WIDTH_BITS + len(numbers) * _width(numbers)


def _width(numbers: np.ndarray) -> int:
    largest = int(np.abs(numbers).max())
    return largest.bit_length() + 1 if largest else 0
