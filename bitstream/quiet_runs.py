"""Runs of symbols that are all but sure to be zero.

Of most symbols of a lossy file the lowest table says that they are zero, and is nearly always right. Coding them one by
one, or even sorting them, would take longer than all others together. So a pass is cut into runs, and of each run it is
said whether it is quiet: then none of its symbols with that table is anything but zero, and none of them is coded.
Where too many runs are loud, since a picture is not what that table has learned, nothing is said of them at all.
"""

import numpy as np

from .tables import FREQUENCY_SUM, SymbolTables

RUN = 64  # symbols
RUN_FREQUENCIES = np.array([FREQUENCY_SUM - 16, 16], np.uint32)  # of quiet runs and of loud ones
USE_FREQUENCIES = np.array([FREQUENCY_SUM - 4096, 4096], np.uint32)  # of passes that tell them apart, and of others
_MOST_LOUD = 1 / 32  # of the runs, where they are told apart
_SURE = FREQUENCY_SUM - 64  # from this frequency of its zero on, the lowest table of a pass has quiet runs


def quiet_table(indices: np.ndarray, tables: SymbolTables) -> int | None:
    """The lowest table of a pass, if it is sure enough."""
    if not len(indices):
        return None
    lowest = int(indices.min())
    return lowest if int(tables.row(lowest)[tables.reach[lowest]]) >= _SURE else None


def run_count(size: int) -> int:
    """How many runs a pass has; the last may be shorter."""
    return -(-size // RUN)


def loud_runs(symbols: np.ndarray, indices: np.ndarray, quiet: int) -> np.ndarray | None:
    """Which runs are not quiet: 1 for each of those, 0 for all others, int32. None if there are too many."""
    loud = np.zeros(run_count(len(symbols)), np.int32)
    loud[np.flatnonzero((indices == quiet) & (symbols != 0)) // RUN] = 1
    return loud if loud.sum() <= _MOST_LOUD * len(loud) else None


def coded_places(loud: np.ndarray, indices: np.ndarray, quiet: int) -> np.ndarray:
    """Where the symbols stand that are coded."""
    coded = indices != quiet
    for run in np.flatnonzero(loud).tolist():
        coded[run * RUN : (run + 1) * RUN] = True
    return np.flatnonzero(coded)
