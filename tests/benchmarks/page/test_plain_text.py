from wlc.benchmarks.page.plain_text import plain_text
from wlc.benchmarks.page.tables import Table, cells


def test_columns_stand_under_one_another():
    rows = (cells(["one", "10", "–"]), cells(["three", "2", "7"]))
    table = Table("t", "T", ("codec", "bits", "a long heading"), rows)
    assert plain_text(table).splitlines() == [
        "              a long",
        "codec  bits  heading",
        "one      10        –",
        "three     2        7",
    ]


def test_a_table_without_headings():
    assert plain_text(Table("t", "T", ("", ""), (cells(["a", "b"]),), words=2)).splitlines()[1:] == ["a  b"]
