"""The `.wlc` file as a whole: signature, HEAD, ancillary chunks, alpha, index, segments.

Writing and reading know nothing of pictures: a segment is bytes. The reader goes down one ladder, and each
rung can refuse: is it wlc, is it undamaged, is it of a known version, is it within the limits, does it
agree with itself.
"""

import zlib
from dataclasses import dataclass

from .chunks import (
    SIGNATURE,
    ChunkHeader,
    check_chunk,
    check_signature,
    chunk_name,
    is_ancillary,
    is_type,
    is_whole,
    read_chunk_header,
    write_chunk,
)
from .errors import CorruptFile, LimitExceeded, TruncatedFile, UnsupportedFile
from .head import (
    LA,
    RANGE,
    RGB,
    RGBA,
    WEBP,
    Head,
    L,
    check_head_limits,
    pack_head,
    tiles,
    unpack_head,
)
from .limits import DEFAULT_LIMITS, Limits
from .segment_index import SegmentIndex, index_segments, pack_index, unpack_index

__all__ = [
    "EXIF",
    "ICC",
    "LA",
    "RANGE",
    "RGB",
    "RGBA",
    "WEBP",
    "XMP",
    "Container",
    "Head",
    "L",
    "describe",
    "level_sizes",
    "read_container",
    "read_head",
    "tiles",
    "write_container",
]

ICC, EXIF, XMP = b"iCCp", b"eXIf", b"xMPd"
ORDER = {b"HEAD": 0, b"ALPH": 2, b"TIDX": 3, b"DATA": 4}
ANCILLARY_PLACE = 1


@dataclass(frozen=True)
class Container:
    """A file in memory. Segments stand level by level, within a level tile by tile."""

    head: Head
    ancillary: tuple[tuple[bytes, bytes], ...]
    alpha: bytes | None
    segments: tuple[bytes, ...]


@dataclass(frozen=True)
class _Layout:
    """Where the chunks of a file lie; all but a cut-off DATA have passed their checksum."""

    head: Head
    chunks: tuple[ChunkHeader, ...]

    def find(self, chunk_type: bytes) -> ChunkHeader | None:
        return next((chunk for chunk in self.chunks if chunk.type == chunk_type), None)


def write_container(container: Container) -> bytes:
    """The one byte string that stands for this container."""
    head, segments = container.head, container.segments
    if len(segments) != head.segment_count:
        raise ValueError(f"HEAD promises {head.segment_count} segments, but there are {len(segments)}")
    if head.has_alpha != (container.alpha is not None):
        raise ValueError("a layout with alpha needs an alpha payload, and one without must not have it")
    types = [chunk_type for chunk_type, _ in container.ancillary]
    if len(set(types)) != len(types):
        raise ValueError("an ancillary chunk may be there only once")
    if not all(is_type(chunk_type) and is_ancillary(chunk_type) for chunk_type in types):
        raise ValueError("an ancillary chunk's type is four letters, the first in lower case")
    chunks = [(b"HEAD", pack_head(head)), *container.ancillary]
    if container.alpha is not None:
        chunks.append((b"ALPH", container.alpha))
    if head.segment_count > 1:
        chunks.append((b"TIDX", pack_index(index_segments(segments))))
    chunks.append((b"DATA", b"".join(segments)))
    return SIGNATURE + b"".join(write_chunk(chunk_type, payload) for chunk_type, payload in chunks)


def read_container(
    data: bytes, limits: Limits = DEFAULT_LIMITS, levels: int | None = None, *, cut_off: bool = False
) -> Container:
    """Check a file and take it apart.

    With `levels`, only the segments of that many first levels are asked for and returned; a file that is
    cut off anywhere after them still reads, each of them checked against the index. A file that may be `cut_off`
    anywhere after its first level gives the segments that are whole.
    """
    if levels is not None and levels < 1:
        raise ValueError(f"at least one level must be read, not {levels}")
    data = memoryview(data).cast("B")
    layout = _survey(data, limits, whole=levels is None and not cut_off)
    head = layout.head
    wanted = head.segment_count
    if levels is not None:
        wanted = min(levels, head.levels) * head.tile_count
    alpha = layout.find(b"ALPH")
    return Container(
        head=head,
        ancillary=tuple((chunk.type, _payload(data, chunk)) for chunk in layout.chunks if is_ancillary(chunk.type)),
        alpha=_payload(data, alpha) if alpha else None,
        segments=_read_segments(data, layout, wanted, layout.head.tile_count if cut_off else wanted),
    )


def read_head(data: bytes) -> Head:
    """Only what stands at the very beginning; the rest of the file may be missing."""
    data = memoryview(data).cast("B")
    check_signature(data)
    return _read_head_chunk(data)[0]


def describe(data: bytes, limits: Limits = DEFAULT_LIMITS) -> list[tuple[str, int]]:
    """Every chunk with the bytes it takes, frame included; with the signature they add up to the file."""
    layout = _survey(memoryview(data).cast("B"), limits, whole=True)
    return [(chunk_name(chunk.type), chunk.end - chunk.start) for chunk in layout.chunks]


def level_sizes(container: Container) -> list[int]:
    """The bytes of each level that was read, coarsest first."""
    count = container.head.tile_count
    sizes = [len(segment) for segment in container.segments]
    return [sum(sizes[start : start + count]) for start in range(0, len(sizes), count)]


def _survey(data: memoryview, limits: Limits, whole: bool) -> _Layout:
    """Walk over the chunks, checking each, up to DATA, with which the file ends."""
    check_signature(data)
    head, chunk = _read_head_chunk(data)
    check_head_limits(head, limits)
    chunks = [chunk]
    while chunk.type != b"DATA":
        if len(chunks) == limits.chunks:
            raise LimitExceeded(f"this file has more chunks than the limit of {limits.chunks}")
        chunk = read_chunk_header(data, chunk.end)
        if whole or chunk.type != b"DATA" or is_whole(data, chunk):
            check_chunk(data, chunk)
        _check_place(chunks, chunk)
        chunks.append(chunk)
        _check_ancillary_limits(chunks, limits)
    if len(data) > chunk.end:
        raise CorruptFile("this file goes on after its DATA chunk")
    layout = _Layout(head, tuple(chunks))
    _check_presence(layout)
    return layout


def _read_head_chunk(data: memoryview) -> tuple[Head, ChunkHeader]:
    chunk = read_chunk_header(data, len(SIGNATURE))
    check_chunk(data, chunk)
    if chunk.type != b"HEAD":
        raise CorruptFile("this file does not begin with a HEAD chunk")
    return unpack_head(_payload(data, chunk)), chunk


def _check_place(before: list[ChunkHeader], chunk: ChunkHeader) -> None:
    name = chunk_name(chunk.type)
    if chunk.type not in ORDER and not is_ancillary(chunk.type):
        raise UnsupportedFile(f"this file needs a newer wlc: its {name} chunk is unknown")
    if any(chunk.type == other.type for other in before):
        raise CorruptFile(f"this file has two {name} chunks")
    if _place(chunk.type) < _place(before[-1].type):
        raise CorruptFile(f"this file has its {name} chunk after its {chunk_name(before[-1].type)} chunk")


def _place(chunk_type: bytes) -> int:
    return ORDER.get(chunk_type, ANCILLARY_PLACE)


def _check_ancillary_limits(chunks: list[ChunkHeader], limits: Limits) -> None:
    icc = sum(chunk.length for chunk in chunks if chunk.type == ICC)
    other = sum(chunk.length for chunk in chunks if is_ancillary(chunk.type)) - icc
    if icc > limits.icc:
        raise LimitExceeded(f"this file has {icc} bytes of ICC profile, above the limit of {limits.icc}")
    if other > limits.ancillary:
        raise LimitExceeded(f"this file has {other} bytes of metadata, above the limit of {limits.ancillary}")


def _check_presence(layout: _Layout) -> None:
    if layout.head.has_alpha != (layout.find(b"ALPH") is not None):
        raise CorruptFile("this file's layout and its ALPH chunk do not agree on whether there is alpha")
    if (layout.head.segment_count > 1) != (layout.find(b"TIDX") is not None):
        raise CorruptFile("this file's HEAD and its TIDX chunk do not agree on how many segments there are")


def _read_segments(data: memoryview, layout: _Layout, wanted: int, needed: int) -> tuple[bytes, ...]:
    body = layout.find(b"DATA")
    tidx = layout.find(b"TIDX")
    if tidx is None:
        check_chunk(data, body)
        return (_payload(data, body),)
    index = unpack_index(_payload(data, tidx), layout.head.segment_count)
    if sum(index.lengths) != body.length:
        raise CorruptFile("this file's TIDX and DATA chunks do not agree on how long the segments are")
    return tuple(_take_segments(data, body, index, wanted, needed))


def _take_segments(data: memoryview, body: ChunkHeader, index: SegmentIndex, wanted: int, needed: int):
    start = body.payload_start
    for number in range(wanted):
        end = start + index.lengths[number]
        if end > len(data):
            if number >= needed:
                return
            raise TruncatedFile(f"this file stops before the end of its segment {number}")
        segment = bytes(data[start:end])
        if zlib.crc32(segment) != index.checksums[number]:
            raise CorruptFile(f"this file is damaged: its segment {number} does not match its checksum")
        yield segment
        start = end


def _payload(data: memoryview, chunk: ChunkHeader) -> bytes:
    return bytes(data[chunk.payload_start : chunk.payload_end])
