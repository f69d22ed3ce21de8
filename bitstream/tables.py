"""The frequency tables that say how many bits each symbol takes.

They are integers that sum to a power of two, so that every machine derives the same intervals from them;
they come frozen from a weights file and are never computed at decoding time.
"""

import math
from dataclasses import dataclass

import numpy as np

from .escapes import excess_bits
from .intervals import FREQUENCY_BITS, PRECISION_BITS, interval_widths

FREQUENCY_SUM = 2**FREQUENCY_BITS
MOST_TABLES = 256


@dataclass(frozen=True, eq=False)
class SymbolTables:
    """Table i codes the symbols -reach[i] to reach[i] in columns 0 to 2 reach[i]; the next is the escape.

    Two objects with equal numbers are still two objects: coders cache what they derive by identity.
    """

    frequencies: np.ndarray  # (tables, columns) uint32
    reach: np.ndarray  # (tables,) int32

    def __post_init__(self):
        frequencies = _whole_numbers(self.frequencies, "frequencies").astype(np.uint32)
        reach = _whole_numbers(self.reach, "reach").astype(np.int32)
        _check_shapes(frequencies, reach)
        used = np.arange(frequencies.shape[1]) < (2 * reach + 2)[:, np.newaxis]
        if np.any(frequencies[used] == 0):
            raise ValueError("every used column of a table must have a frequency of at least 1")
        if np.any(frequencies[~used] != 0):
            raise ValueError("the columns after a table's escape must be 0")
        if np.any(frequencies.sum(axis=1, dtype=np.uint64) != FREQUENCY_SUM):
            raise ValueError(f"the frequencies of every table must sum to {FREQUENCY_SUM}")
        for name, array in (("frequencies", frequencies), ("reach", reach)):
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    def __len__(self) -> int:
        return len(self.reach)

    def row(self, index: int) -> np.ndarray:
        """The frequencies of one table: its symbols, then its escape."""
        return self.frequencies[index, : 2 * int(self.reach[index]) + 2]

    def bits(self) -> np.ndarray:
        """(tables, M + 1) float32: what a symbol of magnitude m costs, its sign included, for m = 0 to M.

        M is as in `signed_bits`; callers clip larger magnitudes to it, which underrates them. The costs of m and -m are
        averaged, which changes nothing in symmetric tables.
        """
        signed = self.signed_bits()
        middle = signed.shape[1] // 2
        return ((signed[:, middle:] + signed[:, middle::-1]) / 2).astype(np.float32)

    def signed_bits(self) -> np.ndarray:
        """(tables, 2 M + 1): what each symbol from -M to M costs. M is the largest reach plus 1.

        A magnitude beyond a table's own reach costs that table's escape and the Exp-Golomb bits of the excess, sign
        included.
        """
        most = int(self.reach.max()) + 1
        magnitudes = np.abs(np.arange(-most, most + 1))
        costs = np.empty((len(self), len(magnitudes)))
        for index, reach in enumerate(self.reach.tolist()):
            *columns, escape = PRECISION_BITS - np.log2(interval_widths(self.row(index)))
            costs[index, most - reach : most + reach + 1] = columns
            beyond = magnitudes > reach
            costs[index, beyond] = escape + excess_bits(magnitudes[beyond] - reach - 1)
        return costs


def quantise_frequencies(weights: np.ndarray) -> np.ndarray:
    """Positive weights as integers of at least 1 that sum to 2^16, each as close to its share as that allows.

    What is too rare for one part in 2^16 is given it, and the others share the rest; what rounding down
    leaves over goes to the largest remainders, the first of equals first.
    """
    weights = np.asarray(weights, np.float64)
    if weights.ndim != 1 or not 1 <= weights.size <= FREQUENCY_SUM:
        raise ValueError(f"weights must be one row of 1 to {FREQUENCY_SUM} numbers")
    if not np.all(np.isfinite(weights)) or np.any(weights <= 0):
        raise ValueError("weights must be positive and finite")
    weights = weights / weights.max()
    rare = np.zeros(weights.size, bool)
    while True:
        left = FREQUENCY_SUM - int(rare.sum())
        shares = np.where(rare, 1.0, weights * (left / math.fsum(weights[~rare])))
        newly_rare = ~rare & (shares < 1)
        if not newly_rare.any():
            break
        rare |= newly_rare
    counts = np.floor(shares).astype(np.int64)
    order = np.argsort(-(shares - counts), kind="stable")
    counts[order[: FREQUENCY_SUM - int(counts.sum())]] += 1
    return counts.astype(np.uint32)


def _whole_numbers(values: np.ndarray, name: str) -> np.ndarray:
    values = np.asarray(values)
    if values.dtype.kind not in "iu":
        raise ValueError(f"{name} must be integers")
    if values.size and (values.min() < 0 or values.max() > FREQUENCY_SUM):
        raise ValueError(f"{name} must lie between 0 and {FREQUENCY_SUM}")
    return values


def _check_shapes(frequencies: np.ndarray, reach: np.ndarray) -> None:
    if frequencies.ndim != 2 or reach.shape != frequencies.shape[:1]:
        raise ValueError("frequencies must be (tables, columns) and reach (tables,)")
    if not 1 <= len(reach) <= MOST_TABLES:
        raise ValueError(f"there must be 1 to {MOST_TABLES} tables")
    if 2 * int(reach.max()) + 2 > frequencies.shape[1]:
        raise ValueError("the largest reach needs more columns than the tables have")
