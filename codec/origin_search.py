"""Finds out whether a picture was a JPEG, a lossy WebP or a Photo CD picture before, and what was stored then.

Each colour is looked up on its own: the luma and chromas that a decoder would have turned into it, and nearest to what
the format's formulas give when turned round. Where a decoder cut a colour to 0 or 255 there are many, some far off.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np

from wlc.models.origins import ORIGINS, Origin

_LOOKED_AT = 2048  # pixels
_FEWEST_COLOURS = 32  # among them, to tell anything by
_SHARE = 0.97  # of them that an origin explains; each of the others takes several bytes
_FRACTION = 20  # bits behind the point
_FAR = 1 << 12
_LUMA_STEPS = sorted(range(-16, 17), key=abs)
_STEPS = sorted(product((0, -1, 1), repeat=3), key=lambda step: sum(map(abs, step)))
_CHROMA_STEPS = sorted(product((0, -1, 1), repeat=2), key=lambda step: sum(map(abs, step)))


def origin_of(samples: np.ndarray) -> Origin | None:
    """The origin that explains nearly all of some pixels of (H, W, 3) bytes."""
    flat = samples.reshape(-1, 3)
    colours, counts = np.unique(_keys(flat[:: len(flat) // _LOOKED_AT + 1]), return_counts=True)
    if len(colours) < _FEWEST_COLOURS:
        return None
    wanted = _of_keys(colours)
    certain = ((wanted > 0) & (wanted < 255)).all(axis=1)
    wanted, counts = wanted[certain], counts[certain]
    if len(wanted) < _FEWEST_COLOURS:
        return None
    shares = [np.dot(_Inverse.of(origin).find(wanted)[1], counts) / counts.sum() for origin in ORIGINS]
    best = int(np.argmax(shares))
    return ORIGINS[best] if shares[best] >= _SHARE else None


def stored_before(samples: np.ndarray, origin: Origin) -> tuple[np.ndarray, np.ndarray]:
    """Luma and chromas (3, H, W) int32 of (H, W, 3) bytes, and (H, W) where they do not give back the colour."""
    colours, places = np.unique(_keys(samples.reshape(-1, 3)), return_inverse=True)
    stored, found = _Inverse.of(origin).find(_of_keys(colours))
    size = samples.shape[:2]
    return stored[:, places.ravel()].reshape(3, *size), ~found[places.ravel()].reshape(size)


def _keys(rgb: np.ndarray) -> np.ndarray:
    red, green, blue = rgb.astype(np.int32).T
    return red << 16 | green << 8 | blue


def _of_keys(keys: np.ndarray) -> np.ndarray:
    return np.stack([keys >> 16, keys >> 8 & 255, keys & 255], axis=1)


@dataclass(frozen=True)
class _Inverse:
    """From colours back to what an origin stored. Whole numbers all the way, so that every machine finds the same."""

    origin: Origin
    matrix: np.ndarray  # (3, 3) fixed point: from red, green, blue to luma and chromas
    offset: np.ndarray  # (3,) fixed point
    chroma_slopes: np.ndarray  # (8, 2) fixed point: chromas for one luma, by which of the three colours are cut

    @staticmethod
    @lru_cache
    def of(origin: Origin) -> _Inverse:
        units = np.eye(3, dtype=np.int64)
        ends = [np.stack(origin.to_rgb(*(sign * _FAR * units))) for sign in (1, -1)]
        forward = (ends[0] - ends[1]) / (2 * _FAR)
        grid = np.stack(np.meshgrid(*[np.arange(-60, 61, 5)] * 3)).reshape(3, -1)
        middle = (np.stack(origin.to_rgb(*grid)) - forward @ grid).mean(axis=1)
        inverse = np.linalg.inv(forward)
        slopes = [_chroma_slope(forward, np.array([cut & 1, cut >> 1 & 1, cut >> 2]) == 0) for cut in range(8)]
        return _Inverse(origin, _fixed(inverse), _fixed(inverse @ middle), _fixed(np.stack(slopes)))

    def find(self, colours: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(3, n) int32 for (n, 3) colours, and which of them are exact."""
        exactly = self.matrix @ colours.T.astype(np.int64) - self.offset[:, None]
        stored = _rounded(exactly)
        wanted = colours.T.astype(np.int32)
        found = np.zeros(len(colours), bool)
        left = np.arange(len(colours))
        nearest = stored.copy()

        def attempt(guess: np.ndarray) -> None:
            nonlocal left
            hit = (np.stack(self.origin.to_rgb(*guess)).clip(0, 255) == wanted[:, left]).all(axis=0)
            stored[:, left[hit]] = guess[:, hit]
            found[left[hit]] = True
            left = left[~hit]

        for step in _STEPS:
            attempt(nearest[:, left] + np.array(step, np.int32)[:, None])
        left = left[((wanted[:, left] == 0) | (wanted[:, left] == 255)).any(axis=0)]
        cut = ((wanted == 0) | (wanted == 255)).astype(np.int32)
        patterns = cut[0] | cut[1] << 1 | cut[2] << 2
        for luma, step in product(_LUMA_STEPS, _CHROMA_STEPS):
            if not len(left):
                break
            chroma = _rounded(exactly[1:, left] + luma * self.chroma_slopes[patterns[left]].T)
            attempt(np.stack([nearest[0, left] + luma, *(chroma + np.array(step, np.int32)[:, None])]))
        return stored, found


def _chroma_slope(forward: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """How the chromas move with luma so that the colours that count stay, and as little as that takes."""
    luma, chroma = forward[counts, 0], forward[counts, 1:]
    return -np.linalg.solve(chroma.T @ chroma + 1e-6 * np.eye(2), chroma.T @ luma)


def _fixed(values: np.ndarray) -> np.ndarray:
    return np.rint(values * (1 << _FRACTION)).astype(np.int64)


def _rounded(values: np.ndarray) -> np.ndarray:
    return (values + (1 << _FRACTION >> 1) >> _FRACTION).astype(np.int32)
