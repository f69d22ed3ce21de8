"""HEAD: what a reader must know of a picture before it reads anything else.

Everything that decides how many segments follow, and which weights and which coder read them, stands here
once and is stored nowhere else.
"""

from dataclasses import dataclass

from .errors import CorruptFile, LimitExceeded, TruncatedFile, UnsupportedFile, WlcError
from .limits import Limits
from .varint import read_varint, write_varint

MAJOR = 1
MINOR = 0
RANGE = 1
WEBP = 2
L, LA, RGB, RGBA, BANDS = 1, 2, 3, 4, 5  # BANDS is any number of planes, none of them alpha; HEAD ends with how many
FINGERPRINT_BYTES = 8
FIXED_BYTES = 18
SMALLEST_TILE_LOG2 = 6
LARGEST_TILE_LOG2 = 12
MOST_LEVELS = 4
MOST_PIXELS_UNTILED = 2**22
MOST_BANDS = 4096
WITHIN_LEVELS = 1  # a hint: every sample is within `rate_index` levels of the original, and with 0 of them equal to it
ONE_QUALITY = 2  # a hint: made by an autoencoder, which has no qualities to choose from; `rate_index` is 0


@dataclass(frozen=True)
class Head:
    """The fields of the HEAD chunk. `flags` must be zero in version 1; `hints` may be ignored."""

    fingerprint: bytes
    coder: int
    rate_index: int
    layout: int
    bit_depth: int
    tile_log2: int
    levels: int
    width: int
    height: int
    major: int = MAJOR
    minor: int = MINOR
    flags: int = 0
    hints: int = 0
    bands: int = 0  # with the layout BANDS

    @property
    def has_alpha(self) -> bool:
        return self.layout in (LA, RGBA)

    @property
    def colours(self) -> int:
        """Samples of a pixel without its alpha."""
        return self.bands if self.layout == BANDS else self.layout - self.has_alpha

    @property
    def tile_count(self) -> int:
        if self.tile_log2 == 0:
            return 1
        size = 1 << self.tile_log2
        return -(-self.width // size) * -(-self.height // size)

    @property
    def segment_count(self) -> int:
        return self.levels * self.tile_count


def tiles(head: Head) -> list[tuple[int, int, int, int]]:
    """(top, left, height, width) of every tile in pixels, row by row; the last ones may be smaller."""
    down = across = 1 << head.tile_log2
    if head.tile_log2 == 0:
        down, across = head.height, head.width
    return [
        (top, left, min(down, head.height - top), min(across, head.width - left))
        for top in range(0, head.height, down)
        for left in range(0, head.width, across)
    ]


def pack_head(head: Head) -> bytes:
    """A writer that asks for what no reader accepts has a bug, so it hears a ValueError."""
    if len(head.fingerprint) != FINGERPRINT_BYTES:
        raise ValueError(f"a fingerprint has {FINGERPRINT_BYTES} bytes, not {len(head.fingerprint)}")
    try:
        check_head(head)
    except WlcError as error:
        raise ValueError(f"no reader would accept this HEAD: {error}") from error
    fields = (head.coder, head.rate_index, head.layout, head.bit_depth, head.tile_log2, head.levels)
    return (
        bytes((head.major, head.minor, head.flags, head.hints))
        + bytes(head.fingerprint)
        + bytes(fields)
        + write_varint(head.width)
        + write_varint(head.height)
        + (write_varint(head.bands) if head.layout == BANDS else b"")
    )


def unpack_head(payload: bytes) -> Head:
    """The version comes before everything else: a later one may lay out the rest as it likes."""
    if not payload:
        raise CorruptFile("this file has an empty HEAD chunk")
    _check_version(payload[0])
    if len(payload) < FIXED_BYTES:
        raise CorruptFile("this file has a HEAD chunk that is too short")
    coder, rate_index, layout, bit_depth, tile_log2, levels = payload[4 + FINGERPRINT_BYTES : FIXED_BYTES]
    try:
        width, offset = read_varint(payload, FIXED_BYTES)
        height, offset = read_varint(payload, offset)
        bands, offset = read_varint(payload, offset) if layout == BANDS else (0, offset)
    except TruncatedFile as error:
        raise CorruptFile("this file has a HEAD chunk that is too short") from error
    if offset != len(payload):
        raise CorruptFile("this file has a HEAD chunk that is too long")
    head = Head(
        fingerprint=bytes(payload[4 : 4 + FINGERPRINT_BYTES]),
        coder=coder,
        rate_index=rate_index,
        layout=layout,
        bit_depth=bit_depth,
        tile_log2=tile_log2,
        levels=levels,
        width=width,
        height=height,
        major=payload[0],
        minor=payload[1],
        flags=payload[2],
        hints=payload[3],
        bands=bands,
    )
    check_head(head)
    return head


def check_head(head: Head) -> None:
    """Every value that version 1 does not define belongs to a later version, not to a damaged file."""
    _check_version(head.major)
    _check_known(head.flags == 0, f"flags {head.flags}")
    _check_known(head.coder in (RANGE, WEBP), f"coder {head.coder}")
    _check_known(head.layout in (L, LA, RGB, RGBA, BANDS), f"layout {head.layout}")
    _check_known(head.bit_depth in (8, 16), f"bit depth {head.bit_depth}")
    _check_known(
        head.tile_log2 == 0 or SMALLEST_TILE_LOG2 <= head.tile_log2 <= LARGEST_TILE_LOG2,
        f"tile size 2^{head.tile_log2}",
    )
    _check_known(1 <= head.levels <= MOST_LEVELS, f"level count {head.levels}")
    if head.layout == BANDS and not 1 <= head.bands <= MOST_BANDS:
        raise CorruptFile(f"this file claims {head.bands} bands, and there can be 1 to {MOST_BANDS}")
    if head.width == 0 or head.height == 0:
        raise CorruptFile("this file claims a picture without pixels")
    if head.tile_log2 == 0 and head.width * head.height > MOST_PIXELS_UNTILED:
        raise UnsupportedFile(
            f"this file needs a newer wlc: {head.width} x {head.height} pixels are too many without tiles"
        )


def check_head_limits(head: Head, limits: Limits) -> None:
    """Plain integer arithmetic, before anything as large as the picture exists."""
    _check_limit(max(head.width, head.height), limits.side, "pixels on a side")
    _check_limit(head.width * head.height * -(-head.colours // RGB), limits.pixels, "pixels")  # bands: three are one
    _check_limit(head.segment_count, limits.segments, "segments")


def _check_version(major: int) -> None:
    if major == 0:
        raise CorruptFile("this file claims format version 0, which never was")
    if major > MAJOR:
        raise UnsupportedFile(f"this file needs a newer wlc: it has format version {major}")


def _check_known(known: bool, what: str) -> None:
    if not known:
        raise UnsupportedFile(f"this file needs a newer wlc: {what} is unknown")


def _check_limit(asked: int, limit: int, what: str) -> None:
    if asked > limit:
        raise LimitExceeded(f"this file asks for {asked} {what}, above the limit of {limit}")
