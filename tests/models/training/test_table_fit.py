import numpy as np
import pytest

from wlc.bitstream.tables import quantise_frequencies
from wlc.models.scale_nets import TABLES
from wlc.models.table_sets import SETS
from wlc.models.training import table_fit

COLUMNS = table_fit.LARGEST + 2


@pytest.fixture
def counts() -> np.ndarray:
    return np.zeros((TABLES, COLUMNS), np.int64)


def test_every_symbol_is_counted_once(counts):
    symbols = np.array([[0, 1, -1], [5, -300, 255]])
    indices = np.array([[0, 3, 3], [63, 63, 63]], np.uint8)
    table_fit.count(counts, symbols, indices)
    assert counts[0, 0] == 1 and counts[3, 1] == 2
    assert counts[63, 5] == counts[63, 255] == counts[63, 256] == 1  # the last for all that is larger
    assert counts.sum() == symbols.size
    table_fit.count(counts, symbols, indices)
    assert counts.sum() == 2 * symbols.size


def test_weights_add_up(counts):
    """To what was counted and what the prior counts as."""
    counts[:] = np.random.default_rng(0).integers(0, 50, counts.shape)
    counts[7] = 0
    for row, table in zip(counts, table_fit.fit(counts), strict=True):
        assert table.sum() == pytest.approx(row.sum() + table_fit._COMMON)
        assert (table > 0).all() and len(table) % 2 == 0
        assert np.array_equal(table[:-1], table[-2::-1])  # both signs alike
        frequencies = quantise_frequencies(table)
        assert frequencies.sum() == 2**16 and frequencies.min() >= 1


def test_without_symbols_the_logistic(counts):
    cost = table_fit.logistic_cost().numpy()
    for index, table in enumerate(table_fit.fit(counts)):
        reach = (len(table) - 2) // 2
        bits = -np.log2(table[reach:-1] / table.sum())
        share = 2.0 ** -cost[index, : reach + 1]
        likely = share > 1e-3
        assert np.abs(bits - cost[index, : reach + 1])[likely].max() < 0.1
        assert table[-1] / table.sum() < 1e-4 or reach == table_fit.LARGEST


def test_many_symbols_outweigh_the_logistic(counts):
    counts[20, :3] = 10**6, 2 * 10**6, 10**6
    table = table_fit.fit(counts)[20]
    middle = (len(table) - 2) // 2
    assert table[middle - 2 : middle + 3] / table.sum() == pytest.approx([1 / 8, 1 / 4, 1 / 4, 1 / 4, 1 / 8], abs=1e-3)


def test_reach_leaves_out_the_tail(counts):
    counts[0, 40] = 1
    counts[0, 0] = 10**6
    table = table_fit.fit(counts)[0]
    reach = (len(table) - 2) // 2
    assert 1 <= reach < 40
    assert table[-1] / table.sum() < 3e-5
    assert [len(t) for t in table_fit.fit(counts)][-1] == 2 * table_fit.LARGEST + 2


def test_logistic_cost_is_a_distribution():
    """Both signs of all magnitudes, but for the floor under the tails, which makes no symbol impossible."""
    share = 2.0 ** -table_fit.logistic_cost(4096).double().numpy()
    total = share[:, 0] + 2 * share[:, 1:].sum(axis=1) - 2.0**-16 * (2 * 4096 - 1)
    assert total == pytest.approx(np.ones(TABLES), abs=1e-3)
    assert table_fit.logistic_cost().max() <= 16.01


def test_a_set_that_saw_little_follows_all_of_them():
    counts = np.zeros((SETS * TABLES, COLUMNS), np.int64)
    counts[20, :2] = 10**7, 10**7  # of the first set
    counts[TABLES + 20, :2] = 30, 0
    tables = [table / table.sum() for table in table_fit.fit(counts)]
    zeros = [table[(len(table) - 2) // 2] for table in tables[20::TABLES]]
    assert len(tables) == SETS * TABLES
    assert zeros[0] == pytest.approx(0.5, abs=1e-3)
    assert zeros[2:] == pytest.approx([0.5] * (SETS - 2), abs=1e-3)
    assert 0.51 < zeros[1] < 0.52
