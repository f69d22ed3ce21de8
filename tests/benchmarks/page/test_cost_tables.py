import math

from wlc.benchmarks.page import cost_tables
from wlc.benchmarks.page.tables import NOTHING


def texts(table):
    return [[cell.text for cell in row] for row in table.rows]


def test_what_each_codec_costs(usual):
    rows = texts(cost_tables.codecs(usual))
    assert rows[0] == ["wlc", "2.00", "4.00", "3", "1", NOTHING, NOTHING]


def test_a_clock_that_saw_nothing_gives_no_speed(curve, run):
    fast = curve("wlc", "wlc")
    fast.trials = [type(trial)(**vars(trial) | {"decode_seconds": 0.0}) for trial in fast.trials]
    assert texts(cost_tables.codecs(run(fast)))[0][2] == NOTHING


def test_every_codec_at_every_quality(usual):
    table = cost_tables.every_quality(usual)
    assert len(table.rows) == 12
    assert texts(table)[1] == ["wlc", "1", "0.5000", "31.00", "0.92057", "62.00", "2.00", "4.00"]
    assert table.marked_rows == {0, 1, 2, 3}


def test_what_was_not_measured_is_a_dash_and_equal_pictures_are_infinity(curve, run):
    rows = texts(cost_tables.every_quality(run(curve("wlc", "wlc", metrics=False, psnrs=(28, 31, 34, math.inf)))))
    assert rows[3][3:6] == ["∞", NOTHING, NOTHING]


def test_lossless_from_small_to_large(usual):
    rows = texts(cost_tables.lossless(usual))
    assert rows == [["wlc lossless", "2.000", "0.0", "1.00", "2.00"], ["PNG", "4.000", "100.0", "1.00", "2.00"]]


def test_learned_architectures_stand_beside_wlc(usual):
    rows = texts(cost_tables.learned(usual))
    assert rows[0][:4] == ["wlc", "wlc 1.0", "2.00", "4.00"]
    assert rows[1] == ["hyperprior", "library 1.2", "0.40", "0.30", "70.0", "75.0", "5,075,843"]


def test_what_is_skipped_and_where_it_ran(usual):
    assert texts(cost_tables.skipped(usual)) == [["jxl", "its plugin is not installed"]]
    assert ["date", "2025-01-31"] in texts(cost_tables.machine(usual))
    assert len(texts(cost_tables.settings(usual))) == 5


def test_nothing_measured_is_no_table(run):
    empty = run()
    for table in (cost_tables.codecs, cost_tables.every_quality, cost_tables.settings, cost_tables.lossless):
        assert table(empty) is None
    assert cost_tables.learned(empty) is None and cost_tables.skipped(empty) is None
