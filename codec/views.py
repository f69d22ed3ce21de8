"""Ways to look at a plane of numbers: stretched, equalised, locally equalised, or many planes as one.

All are functions of arrays. A plane is (h, w) of any numbers; a shown plane is float64 from 0 (black) to 1 (white).
"""

from __future__ import annotations

import math

import numpy as np

MIN_MAX = "min-max"
PERCENTILES = "2-98"
STRETCHES = (MIN_MAX, PERCENTILES)

_LEVELS = 256
_GREY = 0.5
_MOST_TILES = 8  # along an axis
_SMALLEST_TILE = 8
_STEEPEST = 16.0  # symbols are few shades, each of them common; with the usual 3 next to nothing would happen


def stretched(plane: np.ndarray, stretch: str) -> np.ndarray:
    """The range of its values spread from black to white; a flat plane is grey.

    "2-98" lets the darkest and the brightest 2 % go black and white. Most details are zero nearly everywhere, and then
    there is nothing between these two: such planes are shown from their least to their greatest value after all.
    """
    plane = np.asarray(plane, np.float64)
    low, high = np.percentile(plane, (2, 98)) if stretch == PERCENTILES else (plane.min(), plane.max())
    if low == high:
        low, high = plane.min(), plane.max()
    if low == high:
        return np.full(plane.shape, _GREY)
    return np.clip((plane - low) / (high - low), 0, 1)


def equalised(shown: np.ndarray) -> np.ndarray:
    """Every shade as often as any other, as far as shades can only be moved; a flat plane stays as it is."""
    levels = _levels(shown)
    upto = np.bincount(levels.ravel(), minlength=_LEVELS).cumsum()
    darkest = upto[levels.min()]
    if darkest == levels.size:
        return shown
    return ((upto - darkest) / (levels.size - darkest))[levels]


def locally_equalised(shown: np.ndarray, tiles: int = _MOST_TILES, clip: float = _STEEPEST) -> np.ndarray:
    """Equalised by what is around each place, with limited contrast (CLAHE).

    The plane is cut into at most `tiles` by `tiles` parts, each with a curve of its own. No curve is steeper than
    `clip`: where one shade is so common that it would be, its surplus is given to the others, so that a flat part stays
    flat and noise is not blown up. Between the middles of four tiles their curves are mixed.
    """
    if clip < 1:
        raise ValueError(f"clip is at least 1, not {clip}")
    levels = _levels(shown)
    counts = [min(tiles, max(1, side // _SMALLEST_TILE)) for side in levels.shape]
    sides = [math.ceil(side / count) for side, count in zip(levels.shape, counts, strict=True)]
    missing = [(0, side * count - have) for side, count, have in zip(sides, counts, levels.shape, strict=True)]
    curves = _curves(np.pad(levels, missing, mode="symmetric"), counts, sides, clip)
    (above, below, down), (left, right, across) = map(_neighbours, levels.shape, counts, sides)
    above, below, down = above[:, np.newaxis], below[:, np.newaxis], down[:, np.newaxis]
    upper = curves[above, left, levels] * (1 - across) + curves[above, right, levels] * across
    lower = curves[below, left, levels] * (1 - across) + curves[below, right, levels] * across
    return upper * (1 - down) + lower * down


def principal_component(planes: np.ndarray) -> np.ndarray:
    """(C, h, w) to the one (h, w) mixture of its channels that varies most.

    Which way is up is settled by the channel of the greatest weight, which counts as positive.
    """
    rows = np.asarray(planes, np.float64).reshape(len(planes), -1)
    rows = rows - rows.mean(axis=1, keepdims=True)
    weights = np.linalg.eigh(rows @ rows.T)[1][:, -1]
    weights = weights * np.sign(weights[np.abs(weights).argmax()])
    return (weights @ rows).reshape(planes.shape[1:])


def histogram(symbols: list[np.ndarray], most: int) -> np.ndarray:
    """How often each whole number from -most to most is there; the first and the last also count what is beyond."""
    counts = np.zeros(2 * most + 1, np.int64)
    for plane in symbols:
        places = np.clip(np.asarray(plane, np.int64), -most, most).ravel() + most
        counts += np.bincount(places, minlength=counts.size)
    return counts


def _levels(shown: np.ndarray) -> np.ndarray:
    return np.rint(np.asarray(shown) * (_LEVELS - 1)).astype(np.intp)


def _curves(levels: np.ndarray, counts: list[int], sides: list[int], clip: float) -> np.ndarray:
    """What becomes of each level in each tile: (rows of tiles, columns of tiles, levels)."""
    (down, across), (height, width) = counts, sides
    tiles = levels.reshape(down, height, across, width).swapaxes(1, 2).reshape(down * across, -1)
    places = tiles + _LEVELS * np.arange(len(tiles))[:, np.newaxis]
    shares = np.bincount(places.ravel(), minlength=_LEVELS * len(tiles)).reshape(-1, _LEVELS) / tiles.shape[1]
    kept = np.minimum(shares, clip / _LEVELS)
    room = clip / _LEVELS - kept
    kept += room * _ratio((shares - kept).sum(axis=1), room.sum(axis=1))[:, np.newaxis]
    # To the middle of a shade's share, so that a plane with all shades alike often stays what it is.
    return (kept.cumsum(axis=1) - kept / 2).reshape(down, across, _LEVELS)


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _neighbours(length: int, count: int, side: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each place along an axis: the tiles whose middles lie before and after it, and how far it is between them."""
    place = np.clip((np.arange(length) + 0.5) / side - 0.5, 0, count - 1)
    before = np.floor(place).astype(np.intp)
    return before, np.minimum(before + 1, count - 1), place - before
