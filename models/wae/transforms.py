"""The ways to make two halves of a picture, all used alike: the learned one and two fixed wavelets."""

from functools import lru_cache
from pathlib import Path
from typing import Protocol

import torch

from .. import weights
from . import lifting
from .nets import Wae, WaeConfig

LEARNED = "wae"
CDF_9_7, HAAR = "9/7", "haar"
NAMES = (LEARNED, CDF_9_7, HAAR)
PREFIX = "transform."


class Transform(Protocol):
    """(B, 3, H, W) in -1..1, both sides even, to a low half (B, 3, H/2, W/2) and a high one with more planes or as
    many; and back."""

    def split(self, picture: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]: ...

    def merge(self, low: torch.Tensor, high: torch.Tensor) -> torch.Tensor: ...


def fixed(name: str) -> Transform:
    return {CDF_9_7: lifting.CDF_9_7, HAAR: lifting.HAAR}[name]


def bands_of(name: str) -> int:
    """How many groups of three planes the high half has."""
    return 1 if name == LEARNED else 3


def learned(name: str = LEARNED) -> tuple[Wae, bytes]:
    """A trained transform by its name or path, and the fingerprint of its weights. Raises ValueError without one."""
    path = weights.find_by_name(name)
    if path is None:
        raise ValueError(f"there are no weights named {name!r}")
    return _load(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _load(path: Path, changed_at: int) -> tuple[Wae, bytes]:
    read = weights.read(path)
    if read.kind != weights.WAE:
        raise ValueError(f"{path.name} does not hold a wavelet-like auto-encoder")
    tensors = {
        name.removeprefix(PREFIX): torch.from_numpy(array)
        for name, array in read.arrays.items()
        if name.startswith(PREFIX)
    }
    model = Wae(WaeConfig.from_dict(read.config["transform"]))
    model.load_state_dict(tensors)
    model = model.eval().requires_grad_(False).to(memory_format=torch.channels_last)
    return model, weights.fingerprint({name: read.arrays[PREFIX + name] for name in tensors})
