"""How a call computes, whatever its caller has set: so many threads, and in full precision."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import numpy as np
import torch

_LARGEST_KEPT = (32 << 20) - (64 << 10)  # glibc raises what it keeps up to blocks of 32 MiB


@contextmanager
def computing(device: torch.device, threads: int | None) -> Iterator[None]:
    """No gradients, no autocast - it would round what must be exact - and torch's threads as they were afterwards."""
    _keep_memory()
    before = torch.get_num_threads()
    with torch.no_grad(), torch.autocast(device.type, enabled=False):
        if threads is not None:
            torch.set_num_threads(threads)
        try:
            yield
        finally:
            torch.set_num_threads(before)


def product(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Of matrices, by torch: the threads that numpy keeps for this get in the way of torch's, and encoding a picture
    without loss took three times as long."""
    return (torch.from_numpy(one) @ torch.from_numpy(other)).numpy()


@cache
def _keep_memory() -> None:
    """Have glibc keep the memory of one picture for the next.

    It gives large blocks back to the system and asks for them again, page by page, unless it has seen that blocks of
    such a size come and go. One is enough, and as nobody writes to it, it costs nothing.
    """
    np.empty(_LARGEST_KEPT, np.uint8)
