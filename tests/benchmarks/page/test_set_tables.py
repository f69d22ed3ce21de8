from wlc.benchmarks.page import set_tables

from ..set_runs import made_results


def test_each_set_has_a_column_for_files_and_one_for_the_ideal():
    table = set_tables.bits(made_results())
    assert table.columns == (
        "codec", "large", "large, ideal", "small", "small, ideal", "smaller than WebP lossless", "in, MP/s", "out, MP/s"
    )  # fmt: skip
    ours, webp = ([cell.text for cell in row] for row in table.rows)
    assert ours == ["wlc lossless", "3.5000", "3.2500", "4.0000", "3.9900", "2 of 3", "3.33", "6.67"]
    assert webp[2] == webp[4] == webp[5] == "–"
    assert table.marked_rows == {0}


def test_settings_are_there_to_repeat_the_run():
    rows = [[cell.text for cell in row] for row in set_tables.settings(made_results()).rows]
    assert rows[0] == ["wlc lossless", "setting of wlc-lossless", "1.0"]
