"""How a tile's residuals differ from what the nets expect of them: all a little wider, or narrower.

Every camera and every scanner has a noise of its own. Saying once how the scales of a tile lean costs four bits a plane
and no time at decoding.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wlc.loaded import Loaded
from wlc.residuals import Named

LEANS = range(-8, 8)
_LOOKED_AT = 1 << 12  # samples, or somewhat more; the choice hardly depends on it


def best_lean(passes: Sequence[tuple[Named, np.ndarray, np.ndarray]], loaded: Loaded) -> int:
    """The lean with which a sample of the symbols takes the fewest bits."""
    if not passes:
        return 0
    total = sum(symbols.size for _, symbols, _ in passes)
    stride = max(1, total // _LOOKED_AT)
    named = Named.joined([named.every(stride) for named, _, _ in passes])
    sizes = np.abs(np.concatenate([symbols[::stride].ravel() for _, symbols, _ in passes]))
    bits = loaded.bits_in_whole_numbers
    sizes = np.minimum(sizes, bits.shape[1] - 1)
    costs = {lean: int(bits[named.tables(lean), sizes].sum()) for lean in LEANS}
    return min(costs, key=lambda lean: (costs[lean], abs(lean)))
