"""TIDX: how long each segment is, and its checksum, so that any one of them can be read without the others.

How many there are follows from HEAD and is never stored: a second count could only disagree with the first.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from .errors import CorruptFile, TruncatedFile
from .varint import MOST_BYTES, read_varint, write_varint

CRC_BYTES = 4


@dataclass(frozen=True)
class SegmentIndex:
    """Lengths and CRC-32 of the segments, in the order of the file."""

    lengths: tuple[int, ...]
    checksums: tuple[int, ...]


def index_segments(segments: Sequence[bytes]) -> SegmentIndex:
    return SegmentIndex(tuple(map(len, segments)), tuple(map(zlib.crc32, segments)))


def pack_index(index: SegmentIndex) -> bytes:
    lengths = b"".join(map(write_varint, index.lengths))
    return lengths + b"".join(crc.to_bytes(CRC_BYTES, "little") for crc in index.checksums)


def unpack_index(payload: bytes, count: int) -> SegmentIndex:
    """The size of the payload is held against the count before a single entry is read."""
    if not count * (1 + CRC_BYTES) <= len(payload) <= count * (MOST_BYTES + CRC_BYTES):
        raise CorruptFile(f"this file has a TIDX chunk that cannot describe {count} segments")
    lengths = []
    offset = 0
    try:
        for _ in range(count):
            length, offset = read_varint(payload, offset)
            lengths.append(length)
    except TruncatedFile as error:
        raise CorruptFile("this file has a TIDX chunk that is too short") from error
    if len(payload) - offset != count * CRC_BYTES:
        raise CorruptFile(f"this file has a TIDX chunk that does not describe {count} segments")
    checksums = tuple(
        int.from_bytes(payload[start : start + CRC_BYTES], "little") for start in range(offset, len(payload), CRC_BYTES)
    )
    return SegmentIndex(tuple(lengths), checksums)
