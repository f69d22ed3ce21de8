"""Lossy formats that many pictures were in before, as functions from what those stored to red, green and blue.

A decoder of such a format turns whole numbers for luma and two chromas into whole numbers for red, green and blue. Only
one in four to nine colours can come out, so whoever finds the luma and chromas again has far less to write, and planes
that are as smooth as the format left them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any

from .halved_chroma import Between, Enlargement, EverySecond

Whole = Any  # an array or a tensor of whole numbers, 32 bits or more


@dataclass(frozen=True)
class Origin:
    """Luma, blue chroma and red chroma, the chromas about 0, to red, green and blue before they are cut to 0..255."""

    name: str
    to_rgb: Callable[[Whole, Whole, Whole], tuple[Whole, Whole, Whole]]


def _from_jpeg(y: Whole, cb: Whole, cr: Whole) -> tuple[Whole, Whole, Whole]:
    """JFIF in units of 1/65536, as JPEG decoders compute it."""
    red, green = 91881 * cr + 32768 >> 16, -22554 * cb - 46802 * cr + 32768 >> 16
    return y + red, y + green, y + (116130 * cb + 32768 >> 16)


def _from_webp(y: Whole, cb: Whole, cr: Whole) -> tuple[Whole, Whole, Whole]:
    """BT.601 of a limited range in units of 1/64, each product cut to them, as WebP prescribes."""
    luma, u, v = 19077 * y >> 8, cb + 128, cr + 128
    red, blue = luma + (26149 * v >> 8) - 14234, luma + (33050 * u >> 8) - 17685
    return red >> 6, luma - (6419 * u >> 8) - (13320 * v >> 8) + 8708 >> 6, blue >> 6


def _from_photo_cd(y: Whole, cb: Whole, cr: Whole) -> tuple[Whole, Whole, Whole]:
    """PhotoYCC in units of 1/10000, cut to whole levels; green is taken from chromas that were cut to them before."""
    red, green_of = 13584 * y + 18215 * cr, 1940 * (22179 * cb // 10000) + 5090 * (18215 * cr // 10000)
    return red // 10000, (13584 * y - green_of) // 10000, (13584 * y + 22179 * cb) // 10000


JPEG, WEBP = Origin("JPEG", _from_jpeg), Origin("lossy WebP", _from_webp)
PHOTO_CD = Origin("Photo CD", _from_photo_cd)
ORIGINS = JPEG, WEBP, PHOTO_CD


@dataclass(frozen=True)
class Stored:
    """What a tile's planes are: what this origin stored, its chromas halved if there is a way to enlarge them."""

    origin: Origin
    enlargement: Enlargement | None = None


# Their order is part of the file format: a file names one by its number.
STORED = (
    *(Stored(origin) for origin in ORIGINS),
    Stored(JPEG, Between(7)),
    Stored(WEBP, Between(8)),
    *(Stored(PHOTO_CD, EverySecond(y, x)) for y, x in product((0, 1), repeat=2)),
)
