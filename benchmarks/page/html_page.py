"""The page: one file that holds everything, loads nothing and runs no script, so that it can be mailed and kept."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

from wlc.benchmarks.files import write_whole
from wlc.benchmarks.results import Results

from . import bd_tables, cost_tables
from .comparisons import subject
from .contact_sheet import by_rate, contact_sheet, encoded
from .crops import Crop
from .css import CSS
from .html_crops import crop_rows
from .html_figures import figures
from .html_tables import tables
from .plots import Plot, plots
from .style import THEMES
from .summary import summary
from .tables import Table


def write_page(results: Results, crops: Sequence[Crop], folder: Path) -> Path:
    """`folder/index.html`, which needs no other file, and its figures as PNGs beside it for whoever wants to quote."""
    drawn = plots(results)
    page = write_whole(folder / "index.html", html(results, crops, drawn))
    for plot in drawn:
        for theme in THEMES:
            write_whole(folder / f"{plot.name}-{theme.name}.png", plot.draw(theme, "png"))
    for rate, some in by_rate(crops).items():
        write_whole(folder / f"crops-{rate:g}.png", encoded(contact_sheet(some), "PNG", optimize=True))
    return page


def html(results: Results, crops: Sequence[Crop], drawn: Sequence[Plot]) -> str:
    speed_plots = [plot for plot in drawn if plot.name == "speed"]
    rate_plots = [plot for plot in drawn if plot.name != "speed"]
    sections = [
        ("rate", "Rate and distortion", figures(rate_plots)),
        ("bd", "BD-rate", tables([bd_tables.headline(results), *bd_tables.matrices(results)])),
        ("cost", "Speed and memory", figures(speed_plots) + tables([cost_tables.codecs(results)])),
        ("crops", "Look for yourself", crop_rows(crops)),
        ("pictures", "Picture by picture", tables([bd_tables.per_picture(results)])),
        ("lossless", "Lossless", tables([cost_tables.lossless(results)])),
        ("learned", "Learned codecs", tables([cost_tables.learned(results)])),
        ("details", "Every number, and how it was measured", tables(_last(results))),
    ]
    sections = [section for section in sections if section[2]]
    name = subject(results)
    title = f"{results.curves[name].label if name else 'Lossless codecs'} on {results.folder}"
    links = "".join(f'<li><a href="#{key}">{escape(heading)}</a></li>' for key, heading, _ in sections)
    sentences = "".join(f"<li>{escape(sentence)}</li>" for sentence in summary(results))
    count = len(results.picture_names)
    return f"""<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(title)}</title>
<link rel="icon" href="data:,">
<style>{CSS}</style>
</head>
<body>
<header>
<h1>{escape(title)}</h1>
<p class="when">{count} picture{"s" * (count != 1)}, measured on {escape(results.date)}</p>
{f'<ul class="summary">{sentences}</ul>' if sentences else ""}
<nav aria-label="Contents"><ul>{links}</ul></nav>
</header>
<main>
{"".join(_section(*section) for section in sections)}</main>
<footer><p>Rates are of whole files, headers and all. Nothing on this page comes from a network.</p></footer>
</body>
</html>
"""


def _last(results: Results) -> list[Table | None]:
    return [
        cost_tables.every_quality(results),
        cost_tables.settings(results),
        cost_tables.skipped(results),
        cost_tables.machine(results),
    ]


def _section(key: str, heading: str, content: str) -> str:
    wide = ' class="crops"' if key == "crops" else ""  # wider than what one reads
    return f'<section id="{key}"{wide}>\n<h2>{escape(heading)}</h2>\n{content}</section>\n'
