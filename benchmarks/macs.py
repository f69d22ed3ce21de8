"""Multiply-adds of nets, counted while they run: what a table of layers says can be wrong, what was computed cannot."""

from collections.abc import Callable
from typing import TypeVar

_Result = TypeVar("_Result")


def with_kmac(work: Callable[[], _Result], pixels: int) -> tuple[_Result, float | None]:
    """What `work` returns, and how many thousands of multiply-adds a pixel torch made; None if it made none.

    Counted are convolutions and matrix products, which wlc's wavelets are too. Activations and whatever else takes one
    operation a value are not, as in the literature.
    """
    from torch.utils.flop_counter import FlopCounterMode

    from wlc.models import quick_integers

    with quick_integers.left_out(), FlopCounterMode(display=False) as counter:
        result = work()
    return result, counter.get_total_flops() / 2 / pixels / 1000 or None  # a multiply-add is two operations
