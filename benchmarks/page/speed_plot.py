"""Speed against BD-rate, decoding and encoding side by side: few bits are worth little if one has to wait for them."""

from typing import Any

from wlc.benchmarks.results import Results

from .canvas import plain_text, plain_ticks
from .comparisons import PSNR, compare, curve_in, measured, reference_for_speed, subject
from .labels import Labelled, place_labels
from .style import Theme, codec_looks


def speed_points(results: Results) -> dict[str, float]:
    """BD-rate against the reference, of those that can be compared with it."""
    reference = reference_for_speed(results)
    if reference is None:
        return {}
    curves = {name: curve_in(PSNR, curve) for name, curve in measured(results).items()}
    found = {name: compare(curves[reference], curve).rate for name, curve in curves.items() if name != reference}
    return {reference: 0.0} | {name: rate.percent for name, rate in found.items() if rate}


def speed_plot(figure: Any, results: Results, points: dict[str, float], reference: str, theme: Theme) -> None:
    panels = dict(zip(("decode", "encode"), figure.subplots(1, 2, sharey=True), strict=True))
    named = {way: _panel(axes, results, points, way, theme) for way, axes in panels.items()}
    panels["decode"].set_ylabel(f"BD-rate against {plain_text(reference)}, %")
    figure.draw_without_rendering()  # only now it is known what lies where
    for way, axes in panels.items():
        place_labels(axes, named[way])


def _panel(axes: Any, results: Results, points: dict[str, float], way: str, theme: Theme) -> list[Labelled]:
    axes.set_xscale("log")
    plain_ticks(axes.xaxis)
    looks = codec_looks(list(measured(results)), theme)
    named = []
    for name, percent in points.items():
        pace = results.curves[name].speed(way)
        if pace is None:
            continue
        look = looks[name]
        face = look.colour if look.filled else theme.background
        size = 90 if name == subject(results) else 45
        axes.scatter([pace], [percent], s=size, marker=look.marker, c=face, edgecolors=look.colour, zorder=3)
        named.append((pace, percent, plain_text(results.curves[name].label), look.colour))
    axes.margins(0.18, 0.12)
    axes.set_xlabel(f"{way}, megapixels a second (logarithmic)")
    axes.grid(True, which="major", linewidth=0.7)
    axes.text(0.99, 0.01, "better ↘", transform=axes.transAxes, ha="right", va="bottom", color=theme.muted)
    return named
