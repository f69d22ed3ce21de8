"""Pixels of a tile that its origin cannot have made: someone drew over them, or a decoder computed them differently.

They are written as they are, and put over what the origin gives.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wlc.bitstream.errors import CorruptFile, TruncatedFile
from wlc.bitstream.varint import read_varint, write_varint

_COLOURS = 3


@dataclass(frozen=True)
class Strays:
    """Places in a tile, row by row and rising, and the colour of each."""

    places: tuple[int, ...] = ()
    colours: bytes = b""

    @staticmethod
    def where(mask: np.ndarray, samples: np.ndarray) -> Strays:
        """The pixels of (H, W, 3) bytes that a mask picks."""
        return Strays(tuple(np.flatnonzero(mask).tolist()), samples[mask].tobytes())

    def check(self, pixels: int) -> None:
        """Raise if one lies outside of a tile with so many pixels."""
        if self.places and self.places[-1] >= pixels:
            raise CorruptFile("this file has a stray pixel outside of its tile")

    def put_over(self, samples: np.ndarray, width: int, reduce: int) -> None:
        """In place. Of samples reduced by 2^reduce, only every so many pixels of a tile `width` wide are there."""
        if not self.places:
            return
        rows, columns = np.divmod(np.array(self.places), width)
        inside = ((rows | columns) & ((1 << reduce) - 1)) == 0
        colours = np.frombuffer(self.colours, np.uint8).reshape(-1, _COLOURS)[inside]
        rows, columns = rows[inside] >> reduce, columns[inside] >> reduce
        samples[rows, columns] = colours

    def pack(self) -> bytes:
        gaps = (here - before for before, here in zip((-1, *self.places), self.places, strict=False))
        return write_varint(len(self.places)) + b"".join(write_varint(gap - 1) for gap in gaps) + self.colours

    @staticmethod
    def unpack(data: bytes, start: int) -> tuple[Strays, int]:
        """The strays that begin at `start`, and where they end."""
        places: list[int] = []
        try:
            count, start = read_varint(data, start)
            if (1 + _COLOURS) * count > len(data) - start:
                raise TruncatedFile
            last = -1
            for _ in range(count):
                gap, start = read_varint(data, start)
                last += gap + 1
                places.append(last)
        except TruncatedFile as error:
            raise CorruptFile("this file has a tile that is too short") from error
        end = start + _COLOURS * count
        if end > len(data):
            raise CorruptFile("this file has a tile that is too short")
        return Strays(tuple(places), data[start:end]), end
