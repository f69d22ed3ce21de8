"""The same as the page, as markdown: for a reader of the repository."""

import re
from collections.abc import Sequence
from html import escape
from pathlib import Path

from wlc.benchmarks.files import write_whole
from wlc.benchmarks.results import Results

from . import bd_tables, cost_tables
from .contact_sheet import by_rate, contact_sheet, encoded
from .crops import EXPLANATION, Crop
from .plots import Plot, plots
from .style import THEMES
from .summary import summary
from .tables import Cell, Table

_BREAKS = re.compile(r"[\r\n\t]+")
_SPECIAL = re.compile(r"([\\`*_\[\]|~#])")


def write_markdown(results: Results, crops: Sequence[Crop], target: Path, command: str) -> Path:
    """Figures lie beside it, in a folder of its name."""
    folder = target.with_suffix("")
    drawn = plots(results)
    for plot in drawn:
        for theme in THEMES:
            write_whole(folder / f"{plot.name}-{theme.name}.png", plot.draw(theme, "png"))
    for rate, some in by_rate(crops).items():
        write_whole(folder / f"crops-{rate:g}.webp", encoded(contact_sheet(some), "WEBP", quality=92, method=6))
    return write_whole(target, markdown(results, crops, drawn, folder.name, command))


def markdown(results: Results, crops: Sequence[Crop], drawn: Sequence[Plot], folder: str, command: str) -> str:
    speed_plots = [_plot(plot, folder) for plot in drawn if plot.name == "speed"]
    rate_plots = [_plot(plot, folder) for plot in drawn if plot.name != "speed"]
    count = len(results.picture_names)
    sections = [
        ("Rate and distortion", rate_plots),
        ("BD-rate", _tables([bd_tables.headline(results), *bd_tables.matrices(results)])),
        ("Speed and memory", speed_plots + _tables([cost_tables.codecs(results)])),
        ("Look for yourself", _crops(crops, folder)),
        ("Picture by picture", _tables([bd_tables.per_picture(results)])),
        ("Lossless", _tables([cost_tables.lossless(results)])),
        ("Learned codecs", _tables([cost_tables.learned(results)])),
        ("Every number", _tables([cost_tables.every_quality(results)])),
        ("How it was measured", _how(results)),
    ]
    blocks = [
        "# Results",
        f"{count} picture{'s' * (count != 1)} of {escaped(results.folder)}, measured on {escaped(results.date)}. "
        "This file is written by",
        f"    {command}",
        "and not by hand.",
        "\n".join(f"- {escaped(sentence)}" for sentence in summary(results)),
    ]
    for heading, content in sections:
        if content:
            blocks += [f"## {heading}", *content]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _how(results: Results) -> list[str]:
    return _tables([cost_tables.settings(results), cost_tables.skipped(results), cost_tables.machine(results)])


def _tables(tables: Sequence[Table | None]) -> list[str]:
    there = [table for table in tables if table and table.rows]
    blocks = []
    for table in there:
        if len(there) > 1:
            blocks.append(f"### {escaped(table.title)}")
        if table.note:
            blocks.append(escaped(table.note))
        blocks.append(markdown_table(table))
    return blocks


def markdown_table(table: Table) -> str:
    rule = [":--" if column < table.words else "--:" for column in range(len(table.columns))]
    rows = [[_cell(table, i, j, cell) for j, cell in enumerate(row)] for i, row in enumerate(table.rows)]
    lines = [[escaped(column) for column in table.columns], rule, *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(table: Table, row: int, column: int, cell: Cell) -> str:
    text = escaped(cell.text)
    return f"**{text}**" if text and row in table.marked_rows and column == 0 else text


def _plot(plot: Plot, folder: str) -> str:
    """GitHub shows the one that goes with the reader's theme."""
    light, dark = (f"{folder}/{plot.name}-{theme.name}.png" for theme in THEMES)
    image = f'<img src="{light}" alt="{escape(plot.alt)}">'
    return f'<picture><source media="(prefers-color-scheme: dark)" srcset="{dark}">{image}</picture>'


def _crops(crops: Sequence[Crop], folder: str) -> list[str]:
    if not crops:
        return []
    blocks = [f"{EXPLANATION} These sheets are themselves compressed, lightly; the page shows every pixel as it is."]
    for rate in by_rate(crops):
        blocks += [f"### About {rate:g} bits per pixel", f"![Crops at {rate:g} bpp]({folder}/crops-{rate:g}.webp)"]
    return blocks


def escaped(text: str) -> str:
    """As plain text: nothing in a name may end a cell or begin a tag."""
    plain = _BREAKS.sub(" ", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(r"\\\1", plain)
