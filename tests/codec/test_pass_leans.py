"""A lean follows what the symbols of a pass really are."""

import numpy as np
import pytest
import torch

from wlc.bitstream.range_coder import RangeDecoder, RangeEncoder
from wlc.bitstream.tables import SymbolTables
from wlc.models.scale_nets import TABLES, log_scale
from wlc.models.table_sets import SETS
from wlc.models.training.table_fit import logistic_cost
from wlc.pass_leans import best_lean, leaning, read_lean, write_lean

SCALES = np.exp(log_scale(torch.arange(TABLES).float()).numpy())
COSTS = logistic_cost(300).repeat(SETS, 1).numpy()
FIRSTS = [TABLES * number for number in range(SETS)]


def drawn(wider: int, size: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    """Symbols that are so many tables wider than named, and their scales."""
    random = np.random.default_rng(3)
    scales = random.integers(10, 50, size).astype(np.uint8)
    return np.rint(random.logistic(0, SCALES[scales.astype(int) + wider])).astype(np.int32), scales


@pytest.mark.parametrize("first", FIRSTS)
@pytest.mark.parametrize("wider", [-8, -2, 0, 1, 7])
def test_as_much_wider_as_it_is(wider, first):
    symbols, scales = drawn(wider)
    assert best_lean(symbols, scales + np.uint8(first), first, COSTS) == wider


def test_no_lean_is_better():
    symbols, scales = drawn(2, size=500)
    cost = {
        lean: COSTS[leaning(scales, 0, lean), np.minimum(np.abs(symbols), COSTS.shape[1] - 1)].sum()
        for lean in range(-8, 8)
    }
    assert cost[best_lean(symbols, scales, 0, COSTS)] == min(cost.values())


@pytest.mark.parametrize("first", FIRSTS)
def test_what_is_quiet_stays_quiet_and_nothing_else_becomes_so(first):
    indices = np.arange(first, first + TABLES).astype(np.uint8)
    for lean in range(-8, 8):
        moved = leaning(indices, first, lean)
        assert moved.dtype == np.uint8 and moved[0] == first
        assert np.array_equal(moved[1:], np.clip(np.arange(1, TABLES) + lean, 1, TABLES - 1) + first)


def test_a_pass_that_holds_nothing_does_not_lean():
    nothing = np.zeros(0, np.uint8)
    assert best_lean(nothing.astype(np.int32), nothing, 64, COSTS) == 0
    quiet = np.full(900, 64, np.uint8)
    assert best_lean(quiet.astype(np.int32), quiet, 64, COSTS) == 0


def test_leans_through_a_segment():
    tables = SymbolTables(np.array([[1 << 14, 1 << 15, 1 << 13, 1 << 13]]), np.array([1]))
    coder = RangeEncoder(tables)
    for lean in range(-8, 8):
        write_lean(coder, lean)
    reader = RangeDecoder(coder.finish(), tables)
    assert [read_lean(reader) for _ in range(16)] == list(range(-8, 8))
    reader.finish()
