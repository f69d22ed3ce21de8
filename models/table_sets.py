"""Which tables code a pass.

The nets name one of 64 scales for each symbol. How symbols of the same scale are spread depends on what was known when
it was named, since second passes have seen the neighbours, and the low pyramid is unlike all that is finer. So there is
a set of 64 tables for each of these four, and a table is a scale within a set.
"""

import torch

from .groups import Group, first_half
from .scale_nets import TABLES, table_index

SETS = 4


def set_of(group: Group, second: bool) -> int:
    return 2 * (group.level > 0) + second


def first_table(group: Group, second: bool) -> int:
    """The table for the least scale of a pass."""
    return TABLES * set_of(group, second)


def tables_named(group: Group, raw: torch.Tensor) -> torch.Tensor:
    """What the nets say of a group's symbols, (B, C, h, w), each in its own pass, to the table of each, int64."""
    half = first_half(*raw.shape[1:], device=raw.device)
    starts = torch.where(half, first_table(group, second=False), first_table(group, second=True))
    return table_index(raw).long() + starts
