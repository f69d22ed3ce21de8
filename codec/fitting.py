"""Which weights of its own a tile should bring along: least squares, over some rows of each step.

All sums are of whole numbers that float64 holds, and the equations are solved by operations that every machine rounds
alike, so the same picture makes the same file everywhere.
"""

from __future__ import annotations

import math

import numpy as np
import torch

from wlc.computing import product
from wlc.models.lossless import Step
from wlc.models.own_weights import LARGEST_SHARE, SHARE_ONE, Terms
from wlc.models.sample_nets import ONE, SHIFT_ONE
from wlc.models.scale_nets import LOG_SCALE_FIRST, NATS_PER_TABLE, TABLES
from wlc.step_notes import LARGEST_WEIGHT, bits_of

_LOOKED_AT = 1 << 12  # places, or somewhat more; the weights hardly get better with all of them
# What is summed up is cut to these, in the nets' levels and in parts of them, so that no sum reaches 2^53.
_FARTHEST_TERM, _FARTHEST_BEYOND, _FARTHEST_MISS = (1 << 10) - 1, 1 << 13, 1 << 15
_COUNTS_MOST = 1 << 12
_SURE = 0.3  # of a level: places with smaller scales count no more than those
_OUTLIER = 6  # scales: what is farther off counts as if it were there
_RIDGE = 2.0**-13
_MARGIN = 1.5  # so many times what they take should weights promise to save

_SCALES = [max(_SURE, math.exp(LOG_SCALE_FIRST + NATS_PER_TABLE * table)) for table in range(TABLES)]
_COUNTS = np.array([max(1, round(_COUNTS_MOST * (_SURE / scale) ** 2)) for scale in _SCALES], np.float64)
_REACHES = np.array([min(_FARTHEST_MISS, round(_OUTLIER * ONE * scale)) for scale in _SCALES], np.float64)


def own_weights(step: Step, terms: Terms, actual: torch.Tensor) -> torch.Tensor:
    """(tiles, terms.count), given the samples (tiles, rows, columns) that lie in the picture. A tile for which weights
    of its own hardly pay has zeros."""
    height, width = actual.shape[1:]
    columns = min(width, _LOOKED_AT)
    stride = height * columns // _LOOKED_AT | 1  # odd, so that all rows of a JPEG's blocks are among them
    places = ..., slice(0, height, stride), slice(0, columns)
    prediction, index, terms = step.prediction[places], step.index[places], terms.at(places)
    scales = index.clamp(0, TABLES - 1).long().flatten(1).cpu().numpy()
    missed = _in_levels(actual[places] * ONE - prediction, terms.level).flatten(1).double().cpu().numpy()
    parts = zip(_additions(terms, prediction), missed, scales, strict=True)
    return torch.from_numpy(np.stack([_fitted(*of_tile, height * width) for of_tile in parts])).to(prediction)


def _additions(terms: Terms, prediction: torch.Tensor) -> np.ndarray:
    """(tiles, terms.count, places): what each weight would add to the prediction, in 1 / ONE of the nets' levels."""
    plain = [terms.differences, *(error[:, None] for error in terms.errors)]
    plain = [_in_levels(x, terms.level).clamp(-_FARTHEST_TERM, _FARTHEST_TERM) for x in plain]
    shift = torch.full_like(prediction, ONE // SHIFT_ONE)[:, None]
    beyond = _in_levels(terms.beyond(prediction), terms.level).clamp(-_FARTHEST_BEYOND, _FARTHEST_BEYOND)[:, None]
    return torch.cat([*plain, shift, beyond], dim=1).flatten(2).double().cpu().numpy()


def _in_levels(x: torch.Tensor, level: int) -> torch.Tensor:
    return x if level == 1 else torch.floor(x / level + 0.5)


def _fitted(additions: np.ndarray, missed: np.ndarray, scales: np.ndarray, places: int) -> np.ndarray:
    """The weights with which the additions come closest to what the prediction missed, where it is sure above all.

    That errors are a half as large saves a bit at each of the `places`.
    """
    missed = np.clip(missed, -_REACHES[scales], _REACHES[scales])
    counts = _COUNTS[scales]
    counting = additions * counts
    matrix, right = product(counting, additions.T), product(counting, missed)
    own = _solved(matrix, right)
    before = float((counts * missed * missed).sum())
    after = before - math.fsum(own * right)
    own[-1] *= SHARE_ONE
    most = np.full(len(own), LARGEST_WEIGHT)
    most[-1] = LARGEST_SHARE
    own = np.rint(own).clip(-most, most).astype(np.int32)
    pays = after * 2 ** (2 * _MARGIN * bits_of(own) / places) < before
    return own if pays else 0 * own


def _solved(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Gauss and Jordan's way. Least squares need no exchange of rows."""
    rows = np.column_stack([matrix, right])
    diagonal = np.arange(len(right))
    rows[diagonal, diagonal] += rows[diagonal, diagonal] * _RIDGE + 1
    for number, row in enumerate(rows):
        factors = rows[:, number] / row[number]
        factors[number] = 0
        rows -= factors[:, np.newaxis] * row
    return rows[:, -1] / rows[diagonal, diagonal]
