"""The tensors of a weights file, for the nets."""

import numpy as np
import torch

from .weights import FREQUENCIES, REACH, Weights


def tensors_in(weights: Weights) -> dict[str, torch.Tensor]:
    """All but the tables, which are no net's, as float32 of their own."""
    arrays = {name: array for name, array in weights.arrays.items() if name not in (FREQUENCIES, REACH)}
    return {name: torch.from_numpy(array.astype(np.float32)) for name, array in arrays.items()}
