"""Small numbers in few bytes: LEB128, and only in its shortest form.

Two spellings of one number would be two files for one picture, and a place to hide bytes; so a padded number
is refused rather than read.
"""

from .errors import CorruptFile, TruncatedFile

LARGEST = 2**32 - 1
MOST_BYTES = 5


def write_varint(value: int) -> bytes:
    """Seven bits a byte, lowest first; the top bit says that more follow."""
    if not 0 <= value <= LARGEST:
        raise ValueError(f"a varint holds 0 to {LARGEST}, not {value}")
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def read_varint(data, offset: int) -> tuple[int, int]:
    """The number that begins at `offset`, and where the next thing begins."""
    value = 0
    for place in range(MOST_BYTES):
        if offset + place >= len(data):
            raise TruncatedFile("this file stops in the middle of a number")
        byte = data[offset + place]
        value |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            if place and byte == 0:
                raise CorruptFile("this file spells a number with more bytes than it needs")
            if value > LARGEST:
                break
            return value, offset + place + 1
    raise CorruptFile(f"this file holds a number above {LARGEST} where none can be")
