"""Tiles of a lossless picture: how each one is coded, and which segment a split belongs to."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TypeVar

from wlc.bitstream.errors import CorruptFile, UnsupportedFile
from wlc.models.groups import LEVELS
from wlc.models.halved_chroma import Enlargement
from wlc.models.origins import STORED, Stored
from wlc.models.reversible_colour import FIRST_ORIGIN, NUMBERS
from wlc.strays import Strays

NETS, WEBP_PICTURE, PLAIN = 0, 1, 2
_REPEATED = 15  # written as the logarithm of a level: 16-bit samples that are 8-bit ones times 257
_MOST_LEVEL_LOG2 = 12
_BATCH_SAMPLES = 1 << 18  # pixels computed at once, one large tile

_T = TypeVar("_T")


@dataclass(frozen=True)
class TileNote:
    """What stands at the beginning of a tile's first segment."""

    method: int
    transform: int = 0
    level_log2: int = 0
    repeated: bool = False
    strays: Strays = field(default_factory=Strays)  # of a tile with an origin

    @property
    def has_origin(self) -> bool:
        return self.transform >= FIRST_ORIGIN

    @property
    def stored(self) -> Stored | None:
        """What its origin stored."""
        return STORED[self.transform - FIRST_ORIGIN] if self.has_origin else None

    @property
    def enlargement(self) -> Enlargement | None:
        return self.stored.enlargement if self.stored else None

    def pack(self) -> bytes:
        if self.method != NETS:
            return bytes([self.method])
        first = bytes([self.method, self.transform << 4 | (_REPEATED if self.repeated else self.level_log2)])
        return first + (self.strays.pack() if self.has_origin else b"")

    @staticmethod
    def unpack(segment: bytes) -> tuple[TileNote, bytes]:
        """The note, and what follows it."""
        if not segment:
            raise CorruptFile("this file has an empty tile")
        method = segment[0]
        if method in (WEBP_PICTURE, PLAIN):
            return TileNote(method), segment[1:]
        if method != NETS:
            raise UnsupportedFile(f"this file needs a newer wlc: tile coding {method} is unknown")
        if len(segment) < 2:
            raise CorruptFile("this file has a tile that is too short")
        transform, level_log2 = segment[1] >> 4, segment[1] & 15
        if transform >= NUMBERS:
            raise UnsupportedFile(f"this file needs a newer wlc: colour transform {transform} is unknown")
        if level_log2 != _REPEATED and level_log2 > _MOST_LEVEL_LOG2:
            raise UnsupportedFile(f"this file needs a newer wlc: sample level 2^{level_log2} is unknown")
        repeated = level_log2 == _REPEATED
        note = TileNote(method, transform, 0 if repeated else level_log2, repeated)
        end = 2
        if note.has_origin:
            strays, end = Strays.unpack(segment, end)
            note = replace(note, strays=strays)
        return note, segment[end:]


@dataclass(frozen=True)
class SampleTile:
    """A rectangle of pixels and its place in the order of segments."""

    number: int
    top: int
    left: int
    height: int
    width: int

    def within(self, reduce: int = 0) -> tuple[slice, slice]:
        """Where it lies in the picture, or in the picture at 1 / 2^reduce of its size."""
        rows = slice(-(-self.top >> reduce), -(-(self.top + self.height) >> reduce))
        return rows, slice(-(-self.left >> reduce), -(-(self.left + self.width) >> reduce))


def level_of(split: int) -> int:
    """The level of the file that holds what undoes a split; 0 is the finest split, and the last level's."""
    return max(0, LEVELS - 1 - split)


def alike(things: list[_T], key: Hashable, pixels_of) -> Iterator[list[_T]]:
    """Those with equal keys together, as many as are computed at once."""
    for _, equal in groupby(sorted(things, key=key), key=key):
        same = list(equal)
        count = max(1, _BATCH_SAMPLES // pixels_of(same[0]))
        for start in range(0, len(same), count):
            yield same[start : start + count]
