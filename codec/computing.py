"""How a call computes, whatever its caller has set: so many threads, and in full precision."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def computing(device: torch.device, threads: int | None) -> Iterator[None]:
    """No gradients, no autocast - it would round what must be exact - and torch's threads as they were afterwards."""
    before = torch.get_num_threads()
    with torch.no_grad(), torch.autocast(device.type, enabled=False):
        if threads is not None:
            torch.set_num_threads(threads)
        try:
            yield
        finally:
            torch.set_num_threads(before)
