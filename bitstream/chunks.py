"""The frame around everything in a `.wlc` file: a type, a length, a payload, a checksum.

The checksum is read before the type is understood, so that "damaged" and "too new" stay different answers.
"""

import zlib
from dataclasses import dataclass

from .errors import CorruptFile, TruncatedFile
from .varint import read_varint, write_varint

SIGNATURE = bytes([0x97]) + b"WLC\r\n\x1a\n"
TYPE_BYTES = 4
CRC_BYTES = 4


@dataclass(frozen=True)
class ChunkHeader:
    """What a chunk says of itself, before anything of it is believed."""

    type: bytes
    start: int
    payload_start: int
    length: int

    @property
    def payload_end(self) -> int:
        return self.payload_start + self.length

    @property
    def end(self) -> int:
        return self.payload_end + CRC_BYTES


def is_ancillary(chunk_type: bytes) -> bool:
    """A reader may skip what begins with a lower-case letter; it must understand all the rest."""
    return chunk_type[:1].islower()


def chunk_name(chunk_type: bytes) -> str:
    return chunk_type.decode("ascii", "backslashreplace")


def is_type(chunk_type: bytes) -> bool:
    return len(chunk_type) == TYPE_BYTES and chunk_type.isascii() and chunk_type.isalpha()


def write_chunk(chunk_type: bytes, payload: bytes) -> bytes:
    framed = chunk_type + write_varint(len(payload)) + payload
    return framed + zlib.crc32(framed).to_bytes(CRC_BYTES, "little")


def check_signature(data) -> None:
    """Some bytes of the signature and then nothing is a file cut off; anything else is no wlc file."""
    head = bytes(data[: len(SIGNATURE)])
    if head == SIGNATURE:
        return
    if SIGNATURE.startswith(head):
        raise TruncatedFile("this file stops before its signature is complete")
    raise CorruptFile("this is not a wlc file")


def read_chunk_header(data, offset: int) -> ChunkHeader:
    """The type and the length at `offset`; neither is to be believed until `check_chunk` has passed."""
    if offset + TYPE_BYTES > len(data):
        raise TruncatedFile("this file stops before its DATA chunk is complete")
    length, payload_start = read_varint(data, offset + TYPE_BYTES)
    return ChunkHeader(bytes(data[offset : offset + TYPE_BYTES]), offset, payload_start, length)


def is_whole(data, header: ChunkHeader) -> bool:
    return header.end <= len(data)


def check_chunk(data, header: ChunkHeader) -> None:
    """The whole chunk is here and its checksum agrees; only then does its type mean anything."""
    name = chunk_name(header.type)
    if not is_whole(data, header):
        raise TruncatedFile(f"this file stops in the middle of its {name} chunk")
    stored = int.from_bytes(data[header.payload_end : header.end], "little")
    if zlib.crc32(data[header.start : header.payload_end]) != stored:
        raise CorruptFile(f"this file is damaged: its {name} chunk does not match its checksum")
    if not is_type(header.type):
        raise CorruptFile(f"this file has a chunk whose type is not four letters: {name}")
