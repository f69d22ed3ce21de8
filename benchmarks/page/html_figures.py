"""Figures inside the page itself, each drawn for both themes; the browser takes the one that fits."""

import base64
from collections.abc import Sequence
from html import escape

from .plots import Plot
from .style import DARK, LIGHT


def figures(drawn: Sequence[Plot]) -> str:
    return "".join(_plot(plot) for plot in drawn)


def _plot(plot: Plot) -> str:
    light, dark = (data_uri("image/svg+xml", plot.draw(theme, "svg")) for theme in (LIGHT, DARK))
    return (
        f'<h3>{escape(plot.title)}</h3>\n<figure class="plot"><div class="scroll"><picture>'
        f'<source media="(prefers-color-scheme: dark)" srcset="{dark}">'
        f'<img src="{light}" alt="{escape(plot.alt)}"></picture></div></figure>\n'
    )


def data_uri(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
