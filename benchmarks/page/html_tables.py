"""Tables as HTML that scrolls by itself where it is too wide, and folds what is only looked up."""

from collections.abc import Sequence
from html import escape

from .tables import Table


def tables(every: Sequence[Table | None]) -> str:
    """The title of a table alone in its section would only repeat the heading."""
    there = [table for table in every if table and table.rows]
    return "".join(_table(table, alone=len(there) == 1) for table in there)


def _table(table: Table, alone: bool) -> str:
    names = "".join(_head(table, i) for i in range(len(table.columns)))
    head = f"<thead><tr>{names}</tr></thead>\n" if any(table.columns) else ""
    rows = "".join(_row(table, i) for i in range(len(table.rows)))
    note = f'<p class="note">{escape(table.note)}</p>\n' if table.note else ""
    body = (
        f'{note}<div class="scroll" tabindex="0" role="region" aria-label="{escape(table.title)}">'
        f'<table id="table-{table.name}">\n{head}<tbody>\n{rows}</tbody>\n</table></div>\n'
    )
    if table.long:
        return f"<details><summary>{escape(table.title)}</summary>\n{body}</details>\n"
    return body if alone else f"<h3>{escape(table.title)}</h3>\n{body}"


def _head(table: Table, column: int) -> str:
    kinds = ["word"] * (column < table.words) + ["marked"] * (column == table.marked_column)
    return f'<th scope="col"{_class(kinds)}>{escape(table.columns[column])}</th>'


def _row(table: Table, index: int) -> str:
    first, *others = table.rows[index]
    columns = "".join(
        f"<td{_class(_kinds(table, column, cell.tone))}{_hint(cell.hint)}>{escape(cell.text)}</td>"
        for column, cell in enumerate(others, start=1)
    )
    marked = _class(["marked"] * (index in table.marked_rows))
    return f'<tr{marked}><th scope="row"{_hint(first.hint)}>{escape(first.text)}</th>{columns}</tr>\n'


def _kinds(table: Table, column: int, tone: str) -> list[str]:
    return ["word"] * (column < table.words) + ["marked"] * (column == table.marked_column) + [tone] * bool(tone)


def _class(kinds: Sequence[str]) -> str:
    return f' class="{" ".join(kinds)}"' if kinds else ""


def _hint(text: str) -> str:
    return f' title="{escape(text)}"' if text else ""
