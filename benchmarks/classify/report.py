"""Tables and figures of everything that was found, for people: one table for each setting."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wlc.benchmarks.classify.rows import BY_NAME, ROWS, Row
from wlc.benchmarks.classify.store import Store
from wlc.benchmarks.files import write_whole
from wlc.benchmarks.page.markdown_page import markdown_table
from wlc.benchmarks.page.plain_text import plain_text
from wlc.benchmarks.page.style import THEMES
from wlc.benchmarks.page.tables import NOTHING, Table, cells, number

_COLUMNS = (
    "way to the class",
    "right, %",
    "lowest to highest",
    "seeds",
    "million multiply-adds",
    "reading, ms",
    "judging, ms",
    "both, ms",
    "times as fast",
    "bytes a picture",
)


@dataclass(frozen=True)
class Found:
    """One row of one setting; costs may be missing still."""

    row: Row
    accuracies: tuple[float, ...]
    costs: dict[str, float] | None

    @property
    def mean(self) -> float:
        return 100 * statistics.fmean(self.accuracies)

    @property
    def milliseconds(self) -> float | None:
        return None if self.costs is None else self.costs["reading_ms"] + self.costs["judging_ms"]


def found_in(entry: dict[str, Any]) -> list[Found]:
    """In the order of the rows."""
    return [
        Found(row, tuple(run["accuracy"] for run in entry["trained"][row.name].values()), entry["costs"].get(row.name))
        for row in ROWS
        if entry["trained"].get(row.name)
    ]


def table_of(key: str, entry: dict[str, Any]) -> Table:
    rows = found_in(entry)
    full = next((found.milliseconds for found in rows if found.row.name == "full"), None)
    return Table(key, key, _COLUMNS, tuple(cells(_texts(found, full)) for found in rows))


def halves_note(entry: dict[str, Any]) -> str:
    """How well the learned halves make the picture, and how much is in the high one."""
    sentences = []
    for name, runs in sorted(entry["trained"].items()):
        measured = [run for run in runs.values() if "psnr" in run]
        if measured:
            psnr, share = (statistics.fmean(run[key] for run in measured) for key in ("psnr", "high_share"))
            sentences.append(f"{BY_NAME[name].label}: {psnr:.2f} dB merged, {100 * share:.2f} % of the energy high")
    return "; ".join(sentences)


def tuning_note(entry: dict[str, Any]) -> str:
    """What tuning the encoder has made of files and of their pictures."""
    sentences = []
    for name, runs in sorted(entry["trained"].items()):
        measured = [run for run in runs.values() if "bytes_before" in run]
        if measured:
            keys = ("bytes", "decoded_psnr", "bytes_before", "decoded_psnr_before")
            size, psnr, size_before, psnr_before = (statistics.fmean(run[key] for run in measured) for key in keys)
            sentences.append(
                f"{BY_NAME[name].label}: {size:,.0f} bytes a picture, decoded at {psnr:.2f} dB; "
                f"before, {size_before:,.0f} and {psnr_before:.2f}"
            )
    return "; ".join(sentences)


def write_report(store: Store, folder: Path) -> str:
    """Writes results.md and figures beside results.json; returns the tables for a terminal."""
    pages, texts = ["# Classes of pictures, from pixels, halves and latents"], []
    for key, entry in sorted(store.entries.items()):
        table = table_of(key, entry)
        texts.append(f"{key}\n\n{plain_text(table)}\n")
        pages += [f"## {key}", markdown_table(table)]
        for note in filter(None, (halves_note(entry), tuning_note(entry))):
            pages.append(note)
            texts.append(note + "\n")
        for theme in THEMES:
            image = _figure(found_in(entry), theme)
            if image:
                write_whole(folder / f"{key}-{theme.name}.png", image)
        if image:
            pages.append(f"![Accuracy over milliseconds and bytes]({key}-light.png)")
    write_whole(folder / "results.md", "\n\n".join(pages) + "\n")
    return "\n".join(texts)


def _texts(found: Found, full: float | None) -> Sequence[str]:
    spread = f"{100 * min(found.accuracies):.2f} to {100 * max(found.accuracies):.2f}"
    told = [found.row.label, number(found.mean, 2), spread, str(len(found.accuracies))]
    if found.costs is None:
        return [*told, *[NOTHING] * (len(_COLUMNS) - len(told))]
    costs, taken = found.costs, found.milliseconds
    return [
        *told,
        number(costs["mega_macs"], 1),
        number(costs["reading_ms"], 2),
        number(costs["judging_ms"], 2),
        number(taken, 2),
        number(full / taken, 2) if full else NOTHING,
        f"{costs['bytes']:,.0f}",
    ]


def _figure(rows: Sequence[Found], theme: Any) -> bytes | None:
    """None where there is nothing to draw, or nothing to draw with."""
    from wlc.benchmarks.page.canvas import draw

    shown = [found for found in rows if found.costs]
    if not shown:
        return None
    try:
        return draw(theme, "png", lambda figure: _panels(figure, shown, theme))
    except ImportError:
        return None


def _panels(figure: Any, rows: Sequence[Found], theme: Any) -> None:
    from wlc.benchmarks.page.canvas import plain_ticks
    from wlc.benchmarks.page.labels import place_labels

    panels = figure.subplots(1, 2, sharey=True)
    points = []
    for axes, label, of in (
        (panels[0], "milliseconds a picture (logarithmic)", lambda found: found.milliseconds),
        (panels[1], "bytes a picture (logarithmic)", lambda found: found.costs["bytes"]),
    ):
        axes.set_xscale("log")
        plain_ticks(axes.xaxis)
        axes.set_xlabel(label)
        axes.grid(True, which="major", linewidth=0.7)
        axes.margins(0.3, 0.12)
        for found in rows:
            ends = [100 * reach(found.accuracies) for reach in (min, max)]
            axes.plot([of(found)] * 2, ends, color=theme.muted, linewidth=1, zorder=2)
        axes.scatter([of(found) for found in rows], [found.mean for found in rows], s=45, color=theme.text, zorder=3)
        points.append([(of(found), found.mean, found.row.name, theme.text) for found in rows])
    panels[0].set_ylabel("right, % (mean over seeds; lines from lowest to highest)")
    figure.draw_without_rendering()  # only now it is known what lies where
    for axes, named in zip(panels, points, strict=True):
        place_labels(axes, named)
