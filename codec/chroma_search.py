"""From chroma as a decoder showed it back to the half-size chroma that it enlarged.

Of an enlargement that keeps every second place those places are the answer. Where all are mixed, least squares come
near it, and then single samples move up or down by one for as long as more of the picture comes out as it is.
"""

from __future__ import annotations

import numpy as np

_ROUNDS = 24  # of least squares: what is left is far below a half
_STEP = 13  # eighths
_FRACTION = 8  # bits behind the point
_SWEEPS = 4
_NONE = 1 << 30
_WEIGHTS = 1, 3, 3, 1  # of a stored sample, in quarters, on the rows from 2i - 1 to 2i + 2


def kept_places(chroma: np.ndarray, certain: np.ndarray, y: int, x: int) -> np.ndarray:
    """(C, H, W) at every second place from row y and column x on, or where that is not certain, what means imply."""
    height, width = chroma.shape[1:]
    rows, columns = np.arange(y, height + y, 2), np.arange(x, width + x, 2)
    kept = _at(chroma, rows, columns)
    implied = np.full(kept.shape, _NONE, np.int32)
    for down, right in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        mean, other = (rows + down, columns + right), (rows + 2 * down, columns + 2 * right)
        usable = _at(certain, *mean) & _at(certain, *other) & ~_at(certain, rows, columns)
        estimate = 2 * _at(chroma, *mean) - _at(chroma, *other)  # or one more, since means were rounded up
        implied = np.where(usable, np.minimum(implied, estimate), implied)
    return np.where(implied < _NONE, implied, kept)


def _at(planes: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """At these rows and columns, or the nearest that there are."""
    height, width = planes.shape[-2:]
    return planes[..., rows.clip(0, height - 1)[:, None], columns.clip(0, width - 1)]


def unmixed(chroma: np.ndarray, certain: np.ndarray, right: int) -> np.ndarray:
    """The half-size chroma behind (C, H, W) where every place was mixed from four; `right` is how it was rounded.

    `certain`, (H, W), says which places of it are known for sure.
    """
    odd = [(0, 0), (0, chroma.shape[1] % 2), (0, chroma.shape[2] % 2)]
    whole = np.pad(chroma, odd, mode="edge").astype(np.int32)
    counts = np.pad(certain, odd[1:])
    halved = _least_squares(whole)
    for _ in range(_SWEEPS):
        before = halved.copy()
        for y, x in ((0, 0), (1, 1), (0, 1), (1, 0)):  # no two of one kind touch the same place
            _move(halved, _excess(halved, right) - 16 * whole, counts, y, x)
        if np.array_equal(halved, before):
            break
    return halved


def _least_squares(whole: np.ndarray) -> np.ndarray:
    """In whole numbers, since float32 differs between machines and files would, too."""
    means = sum(whole[:, y::2, x::2] for y in (0, 1) for x in (0, 1)) << _FRACTION - 2
    halved = means
    for _ in range(_ROUNDS):
        padded = np.pad(halved, [(0, 0), (1, 1), (1, 1)], mode="edge")
        rows = padded[:, :-2] + 6 * padded[:, 1:-1] + padded[:, 2:]
        enlarged = rows[..., :-2] + 6 * rows[..., 1:-1] + rows[..., 2:] >> 6  # and its means over 2 x 2 places
        halved = halved + (_STEP * (means - enlarged) >> 3)
    return halved + (1 << _FRACTION - 1) >> _FRACTION


def _excess(halved: np.ndarray, right: int) -> np.ndarray:
    """Sixteen times the enlarged chroma, before it is cut to whole numbers."""
    padded = np.pad(halved, [(0, 0), (1, 1), (1, 1)], mode="edge")
    count, height, width = halved.shape
    result = np.empty((count, 2 * height, 2 * width), np.int32)
    for y, beside in enumerate((padded[:, :-2], padded[:, 2:])):
        row = 3 * padded[:, 1:-1] + beside
        result[:, y::2, 0::2] = 3 * row[..., 1:-1] + row[..., :-2] + 8
        result[:, y::2, 1::2] = 3 * row[..., 1:-1] + row[..., 2:] + right
    return result


def _move(halved: np.ndarray, excess: np.ndarray, counts: np.ndarray, y: int, x: int) -> None:
    """Each stored sample of one kind, in place, by one, if that brings more of `excess` between 0 and 15."""
    own = halved[:, y::2, x::2]
    height, width = own.shape[1:]
    margins = [(1, 4), (1, 4)]
    padded = np.pad(excess, [(0, 0), *margins])
    counted = np.pad(counts, margins)
    gains = np.zeros((2, *own.shape), np.int32)
    for row, vertical in enumerate(_WEIGHTS):
        for column, horizontal in enumerate(_WEIGHTS):
            rows = slice(2 * y + row, 2 * y + row + 4 * height, 4)
            columns = slice(2 * x + column, 2 * x + column + 4 * width, 4)
            here, counting = padded[:, rows, columns], counted[rows, columns]
            weight, now = vertical * horizontal, _outside(here)
            for number, moved in enumerate((here + weight, here - weight)):
                gains[number] += (now - _outside(moved)) * counting
    up = (gains[0] > 0) & (gains[0] >= gains[1])
    own += up.astype(np.int32) - ((gains[1] > 0) & ~up)


def _outside(excess: np.ndarray) -> np.ndarray:
    """How far each is from 0..15."""
    return np.maximum(-excess, 0) + np.maximum(excess - 15, 0)
