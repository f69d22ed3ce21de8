import torch

from wlc.models.groups import GROUPS, first_half
from wlc.models.scale_nets import TABLES
from wlc.models.table_sets import SETS, first_table, set_of, tables_named


def test_every_pass_has_a_set():
    sets = [set_of(group, second) for group in GROUPS for second in (False, True)]
    assert set(sets) == set(range(SETS))
    assert max(first_table(group, True) for group in GROUPS) + TABLES == SETS * TABLES <= 256  # a byte names a table


def test_each_half_by_its_own_set():
    group = GROUPS[4]
    half = first_half(*group.shape(8, 8))
    named = tables_named(group, torch.where(half, 5.0, 99.0))
    assert (named[half] == first_table(group, False) + 5).all()
    assert (named[~half] == first_table(group, True) + TABLES - 1).all()
