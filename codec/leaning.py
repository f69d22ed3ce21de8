"""How the residuals of a tile differ from what the nets expect of them, step by step: wider here, narrower there.

Every camera and every scanner has a noise of its own, below which no residual gets, and a tile's own weights make
residuals narrower than the nets could know. Saying so costs a few bytes a step and no time at decoding.
"""

from __future__ import annotations

import numpy as np

from wlc.computing import product
from wlc.loaded import PARTS_OF_A_BIT, Loaded
from wlc.models.scale_nets import TABLES
from wlc.residuals import LEAN_CLASS_OF, LEAN_CLASSES, PLACES, TABLE_OF, Named
from wlc.step_notes import LARGEST_LEAN, bits_of

_LOOKED_AT = 1 << 14  # symbols, or somewhat more
_LEANS = np.array(sorted(range(-LARGEST_LEAN, LARGEST_LEAN + 1), key=abs))  # of equals the least is taken
_LEANING = np.clip(np.arange(TABLES)[:, np.newaxis] + _LEANS, 0, TABLES - 1)


def best_leans(named: Named, symbols: np.ndarray, loaded: Loaded) -> np.ndarray:
    """For each class of scales the lean with which a tile's step takes the fewest bits, or all zeros if those are no
    fewer with what the leans take."""
    stride = symbols.size // _LOOKED_AT | 1  # odd, as in fitting
    costs = loaded.parts_of_bits
    middle = costs.shape[1] // 2
    symbols = symbols.ravel()[::stride]
    farthest = min(int(np.abs(symbols).max(initial=0)), middle)
    columns = 2 * farthest + 1
    seen = named.scales_and_places().ravel()[::stride] * columns + symbols.clip(-farthest, farthest) + farthest
    counts = np.bincount(seen, minlength=TABLES * PLACES * columns).reshape(TABLES, -1)
    by_scale = costs[TABLE_OF, middle - farthest : middle + farthest + 1].reshape(TABLES, -1)
    costs = product(counts.astype(np.float64), by_scale.T)  # of each scale as each other, and exact
    by_class = np.zeros((LEAN_CLASSES, len(_LEANS)))
    np.add.at(by_class, LEAN_CLASS_OF, np.take_along_axis(costs, _LEANING, axis=1))
    leans = _LEANS[by_class.argmin(axis=1)]
    saved = (by_class[:, 0] - by_class.min(axis=1)).sum() * stride / PARTS_OF_A_BIT
    return leans if saved > bits_of(leans) else 0 * leans
