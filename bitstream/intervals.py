"""From frequencies to the intervals that the range coder really uses.

The coder works with 24-bit probabilities in which no symbol may have none, and gives each of n columns one
part in 2^24 before it shares out the rest. In exact integers that is the formula here; it needs no floating
point.
"""

import numpy as np

PRECISION_BITS = 24
FREQUENCY_BITS = 16


def interval_starts(frequencies: np.ndarray) -> np.ndarray:
    """(n + 1,) int64: where each column's interval begins, and 2^24 at the end."""
    count = len(frequencies)
    below = np.concatenate([[0], np.cumsum(frequencies, dtype=np.int64)])
    starts = (below * (2**PRECISION_BITS - count) >> FREQUENCY_BITS) + np.arange(count + 1)
    return starts


def interval_widths(frequencies: np.ndarray) -> np.ndarray:
    """(n,) int64, at least 1 each, 2^24 together."""
    return np.diff(interval_starts(frequencies))
