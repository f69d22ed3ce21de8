"""zlib, with a promise kept first: exactly so many bytes come out, or none.

A kilobyte of zlib can stand for a megabyte of zeros; the size is therefore known before, and never exceeded.
"""

import zlib

from .errors import CorruptFile


def inflate_exactly(data: bytes, size: int, where: str) -> bytes:
    """The `size` bytes that `data` stands for; fewer, more, or bytes left over are an error."""
    stream = zlib.decompressobj()
    try:
        out = stream.decompress(data, size + 1)
    except zlib.error as error:
        raise CorruptFile(f"this file's {where} does not inflate") from error
    if len(out) != size or not stream.eof or stream.unused_data:
        raise CorruptFile(f"this file's {where} does not inflate to the size it must have")
    return out
