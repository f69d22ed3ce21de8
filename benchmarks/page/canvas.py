"""What all figures share: fonts, themes and formats. Nothing depends on the clock or on a matplotlibrc."""

import io
from collections.abc import Callable
from typing import Any

from PIL import Image

from .style import Theme


def draw(theme: Theme, form: str, fill: Callable[[Any], None]) -> bytes:
    try:
        import matplotlib
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError("Figures need matplotlib: pip install -c constraints.txt '.[bench]'") from None
    colours = {key: theme.text for key in ("text.color", "axes.labelcolor")}
    colours |= {key: theme.muted for key in ("xtick.color", "ytick.color", "axes.edgecolor")}
    settings = colours | {
        "font.family": "DejaVu Sans",
        "font.size": 9.5,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.facecolor": "none",
        "grid.color": theme.grid,
        "svg.hashsalt": "wlc",
        "svg.fonttype": "path",
    }
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(settings)
        figure = Figure(figsize=(9.6, 5.4), layout="constrained", facecolor=theme.background)
        FigureCanvasAgg(figure)  # measures text without a screen
        fill(figure)
        stream = io.BytesIO()
        if form == "svg":
            figure.savefig(stream, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
            return stream.getvalue()
        figure.savefig(stream, format="png", dpi=140, metadata={"Software": None})
    return _small_png(stream)


def _small_png(stream: io.BytesIO) -> bytes:
    """Lines and letters of a few colours need no more than a palette."""
    with Image.open(stream) as picture:
        palette = picture.convert("RGB").quantize(96, dither=Image.Dither.NONE)
    smaller = io.BytesIO()
    palette.save(smaller, "PNG", optimize=True)
    return smaller.getvalue()


def plain_ticks(axis: Any) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_locator(NullLocator())
    axis.set_minor_formatter(NullFormatter())


def plain_text(text: str) -> str:
    """For matplotlib, between two dollars there is a formula; in a name there is none."""
    return text.replace("$", r"\$")
