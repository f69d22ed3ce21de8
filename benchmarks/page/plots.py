"""Which figures a run gives, drawn by matplotlib without a screen. The same results give the same bytes."""

from collections.abc import Callable
from dataclasses import dataclass

from wlc.benchmarks.results import Results

from .canvas import draw
from .comparisons import MEASURES, PSNR, Measure, measured, reference_for_speed, was_measured
from .rd_plot import rd_plot
from .speed_plot import speed_plot, speed_points
from .style import Theme


@dataclass(frozen=True)
class Plot:
    """`draw` takes a theme and "svg" (without a ground, for the page) or "png" (with one, few colours, small)."""

    name: str
    title: str
    alt: str
    draw: Callable[[Theme, str], bytes]


def plots(results: Results) -> list[Plot]:
    """Those for which there is something to draw."""
    found = []
    for measure in MEASURES:
        if not was_measured(results, measure):
            continue
        for log in (True, False) if measure is PSNR else (True,):
            found.append(_rd_plot(results, measure, log))
    points = speed_points(results)
    if len(points) > 1:
        found.append(_speed_plot(results, points))
    return found


def _rd_plot(results: Results, measure: Measure, log: bool) -> Plot:
    name = f"rd-{measure.metric.replace('_', '-')}{'' if log or measure is not PSNR else '-linear'}"
    scale = "logarithmic" if log else "linear"
    codecs = ", ".join(curve.label for curve in measured(results).values())
    return Plot(
        name=name,
        title=f"{measure.name} over rate, {scale} rate",
        alt=f"Mean {measure.name} over mean bits per pixel, on a {scale} axis, of {codecs}.",
        draw=lambda theme, form: draw(theme, form, lambda fig: rd_plot(fig, results, measure, log, theme)),
    )


def _speed_plot(results: Results, points: dict[str, float]) -> Plot:
    reference = results.curves[reference_for_speed(results)].label
    return Plot(
        name="speed",
        title="Speed against BD-rate",
        alt=f"Megapixels a second against BD-rate in per cent compared with {reference}; the lower and the further to "
        "the right, the better.",
        draw=lambda theme, form: draw(theme, form, lambda fig: speed_plot(fig, results, points, reference, theme)),
    )
