"""What a tile was before, down to how its chroma was enlarged: the planes to code instead of colours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from wlc.chroma_search import kept_places, unmixed
from wlc.models.halved_chroma import Between, Enlargement
from wlc.models.origins import STORED, Origin, Stored
from wlc.models.reversible_colour import best_for, cost, sampled_rows, to_planes
from wlc.origin_search import origin_of, stored_before

_TRIED_SIDE = 128  # of the middle of a tile, which is enough to tell how chroma was enlarged
_SHARE = 0.9  # of its places that the right way explains
_MARGIN = 4  # where what lies beyond the edge would be needed
_LUMAS = sorted(range(-20, 21), key=abs)
_PLAINLY = 0.9  # share of pixels where no colour was cut: then an origin is not chance
_STORABLE = -512, 511  # what the coarsest samples can be


@dataclass(frozen=True)
class Found:
    """A tile's planes (3, H, W) int32, its half-size chromas if it has such, and the pixels not explained by them."""

    planes: np.ndarray
    halved: np.ndarray | None
    missed: np.ndarray


def format_of(samples: np.ndarray) -> int | None:
    """The number of the format that (H, W, 3) bytes were stored in before."""
    origin = origin_of(samples)
    if origin is None or not (_certain(samples).mean() > _PLAINLY or _pays(samples, origin)):
        return None
    top, left = (max(0, (side - _TRIED_SIDE) // 4 * 2) for side in samples.shape[:2])
    middle = samples[top : top + _TRIED_SIDE, left : left + _TRIED_SIDE]
    inner = (slice(_MARGIN, -_MARGIN),) * 2
    best, best_share = STORED.index(Stored(origin)), _SHARE
    if min(middle.shape[:2]) <= 4 * _MARGIN:
        return best
    planes, missed = stored_before(middle, origin)
    certain = _certain(middle) & ~missed
    for number, stored in enumerate(STORED):
        if stored.origin is origin and stored.enlargement:
            halved = _halved(planes[1:], certain, stored.enlargement)
            same = (_enlarged(halved, stored.enlargement, middle.shape) == planes[1:]).all(axis=0)
            share = same[inner][certain[inner]].mean() if certain[inner].any() else 0
            if share > best_share:
                best, best_share = number, share
    return best


def found_in(samples: np.ndarray, stored: Stored) -> Found:
    planes, missed = stored_before(samples, stored.origin)
    if stored.enlargement is None:
        return Found(planes, None, missed)
    certain = _certain(samples)
    halved = _halved(planes[1:], certain & ~missed, stored.enlargement)
    expected = _enlarged(halved, stored.enlargement, samples.shape)
    rows, columns = np.nonzero((expected != planes[1:]).any(axis=0) & (missed | ~certain))
    wanted, chroma = samples[rows, columns], expected[:, rows, columns]
    luma, explained = _luma_for(stored.origin, planes[0, rows, columns], chroma, wanted)
    rows, columns = rows[explained], columns[explained]
    planes[0, rows, columns], planes[1:, rows, columns] = luma[explained], chroma[:, explained]
    missed[rows, columns] = False
    planes[1:, missed] = expected[:, missed]  # what is put over them does not ask what is below
    return Found(planes, halved, missed)


def _pays(samples: np.ndarray, origin: Origin) -> bool:
    """Whether luma and chromas look cheaper than colours, also where the latter were cut and the former are a guess."""
    rgb = torch.from_numpy(samples.astype(np.int32)).permute(2, 0, 1)[None]
    rows, usual = sampled_rows(rgb), best_for(rgb)
    stored = (torch.from_numpy(stored_before(part[0].permute(1, 2, 0).numpy(), origin)[0])[None] for part in rows)
    return cost(*stored) < cost(*(to_planes(part, usual) for part in rows))


def _certain(samples: np.ndarray) -> np.ndarray:
    """Where no colour was cut, so that only one luma and chroma can be behind it."""
    return ((samples > 0) & (samples < 255)).all(axis=2)


def _halved(chroma: np.ndarray, certain: np.ndarray, enlargement: Enlargement) -> np.ndarray:
    if isinstance(enlargement, Between):
        halved = unmixed(chroma, certain, enlargement.right)
    else:
        halved = kept_places(chroma, certain, enlargement.y, enlargement.x)
    return halved.clip(*_STORABLE)


def _enlarged(halved: np.ndarray, enlargement: Enlargement, shape: tuple[int, ...]) -> np.ndarray:
    """(2, H, W) int32 of the picture's size."""
    whole = enlargement.enlarge(torch.from_numpy(halved).float()[None])[0]
    return whole[:, : shape[0], : shape[1]].numpy().astype(np.int32)


def _luma_for(
    origin: Origin, luma: np.ndarray, chroma: np.ndarray, wanted: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """A luma near `luma` (n,) that makes (2, n) chroma the (n, 3) colours, and where there is one."""
    found, explained = luma.copy(), np.zeros(len(luma), bool)
    for step in _LUMAS:
        hit = ~explained & (np.stack(origin.to_rgb(luma + step, *chroma), axis=1).clip(0, 255) == wanted).all(axis=1)
        found[hit] += step
        explained |= hit
    return found, explained
