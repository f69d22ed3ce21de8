"""Frequency tables from the symbols that each index really saw.

In training an index stood for a logistic distribution. What the nets meant by it is measured afterwards, by all symbols
of an index, and then by those of each set: where there are many the table follows them, where there are few it follows
all sets together, and where those are few, the logistic.
"""

import numpy as np
import torch

from ..scale_nets import TABLES, log_scale
from .objective import logistic_bits

LARGEST = 255  # reach of the widest table; larger symbols escape
_PRIOR = 3000.0  # symbols that the logistic shape counts as
_COMMON = 1000.0  # symbols that all sets together count as
_TAIL = 3e-5  # share of symbols that may escape


def logistic_cost(columns: int = LARGEST + 2) -> torch.Tensor:
    """Bits of each magnitude for each scale before anything was counted, (64, columns)."""
    indices = torch.arange(TABLES).float().view(-1, 1)
    return logistic_bits(torch.arange(columns).float().view(1, -1), log_scale(indices))


def count(counts: np.ndarray, symbols: np.ndarray, indices: np.ndarray) -> None:
    """Add to `counts` (tables, LARGEST + 2): how often each table saw each magnitude; the last column is all larger."""
    magnitudes = np.minimum(np.abs(symbols), LARGEST + 1).astype(np.int64)
    flat = indices.astype(np.int64) * (LARGEST + 2) + magnitudes
    counts += np.bincount(flat.ravel(), minlength=counts.size).reshape(counts.shape)


def fit(counts: np.ndarray) -> list[np.ndarray]:
    """Positive weights of each table of one set or several: symbols -reach..reach, then the escape."""
    magnitudes = 2.0 ** -logistic_cost().double().numpy()  # one sign
    magnitudes[:, 1:] *= 2
    magnitudes[:, -1] = np.clip(1 - magnitudes[:, :-1].sum(axis=1), 1e-9, None)
    of_sets = counts.reshape(-1, TABLES, counts.shape[1])
    common = of_sets.sum(axis=0) + _PRIOR * _shares(magnitudes)
    weights = of_sets + _COMMON * _shares(common)
    tables = []
    for row in weights.reshape(counts.shape):
        share_beyond = 1 - np.cumsum(row) / row.sum()  # of magnitudes larger than each
        within = np.flatnonzero(share_beyond[:-1] < _TAIL)
        reach = min(max(int(within[0]) if len(within) else LARGEST, 1), LARGEST)
        one_sign = row[1 : reach + 1] / 2
        escape = max(row[reach + 1 :].sum(), 1e-9 * row.sum())
        tables.append(np.concatenate([one_sign[::-1], row[:1], one_sign, [escape]]))
    return tables


def _shares(weights: np.ndarray) -> np.ndarray:
    return weights / weights.sum(axis=1, keepdims=True)
