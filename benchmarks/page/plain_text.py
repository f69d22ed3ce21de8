"""A table for a terminal: columns under one another, long headings on several lines."""

import textwrap

from .tables import Table


def plain_text(table: Table) -> str:
    bodies = [[row[column].text for row in table.rows] for column in range(len(table.columns))]
    headings = [_heading(title, body) for title, body in zip(table.columns, bodies, strict=True)]
    height = max(map(len, headings))
    columns = []
    for number, (heading, body) in enumerate(zip(headings, bodies, strict=True)):
        texts = [""] * (height - len(heading)) + heading + body
        width = max(map(len, texts))
        columns.append([text.ljust(width) if number < table.words else text.rjust(width) for text in texts])
    return "\n".join("  ".join(line).rstrip() for line in zip(*columns, strict=True))


def _heading(title: str, body: list[str]) -> list[str]:
    """No wider than what stands below it, unless a word is."""
    widest = max(map(len, [*title.split(), *body]), default=0)
    return textwrap.wrap(title, max(widest, 1)) or [""]
