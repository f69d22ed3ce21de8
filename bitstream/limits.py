"""How much a reader is willing to believe before it allocates anything.

A few bytes of header can claim a picture of any size. The limits are what a claim is held against first; a
person who trusts the file raises them.
"""

from dataclasses import dataclass

MEBIBYTE = 2**20


@dataclass(frozen=True)
class Limits:
    """The most that a file may ask for, in the units each name says."""

    pixels: int = 2**28
    side: int = 65536
    segments: int = 65536
    chunks: int = 128
    icc: int = 4 * MEBIBYTE
    ancillary: int = 16 * MEBIBYTE


DEFAULT_LIMITS = Limits()
