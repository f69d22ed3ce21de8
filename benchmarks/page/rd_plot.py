"""Rate and distortion: what each codec reaches over what it costs, published curves behind those measured here."""

from statistics import median
from typing import Any

import numpy as np

from wlc.benchmarks.results import RateCurve, Results

from .canvas import plain_text, plain_ticks
from .comparisons import PSNR, Measure, curve_in, measured, subject
from .style import Look, Theme, codec_looks, published_looks

_AXIS = {"psnr": "PSNR, dB", "ms_ssim": "MS-SSIM as $-10\\,\\log_{10}(1-m)$, dB", "ssimulacra2": "SSIMULACRA2"}


def rd_plot(figure: Any, results: Results, measure: Measure, log: bool, theme: Theme) -> None:
    axes = figure.subplots()
    curves = {name: curve_in(measure, curve) for name, curve in measured(results).items()}
    curves = {name: curve for name, curve in curves.items() if curve}
    labels = {name: results.curves[name].label for name in curves}
    own = [
        (_line(axes, curves[name], look, labels[name], theme, front=name == subject(results)), curves[name])
        for name, look in codec_looks(list(measured(results)), theme).items()
        if name in curves
    ]
    published = results.published if measure is PSNR else {}
    looks = published_looks(list(published), theme)
    others = [(_line(axes, sorted(published[name]), looks[name], name, theme), published[name]) for name in published]
    low, high = _frame(axes, list(curves.values()), log)
    axes.set(xlabel=f"bits per pixel ({'logarithmic' if log else 'linear'})", ylabel=_AXIS[measure.metric])
    axes.grid(True, which="major", linewidth=0.7)
    _legends(axes, own, others, (low * high) ** 0.5)


def _line(axes: Any, curve: RateCurve, look: Look, label: str, theme: Theme, front: bool = False) -> Any:
    (line,) = axes.plot(
        *zip(*curve, strict=True),
        color=look.colour,
        linestyle=look.dash,
        linewidth=look.width,
        marker=look.marker or None,
        markersize=5 if front else 4.2,
        markerfacecolor=look.colour if look.filled else theme.background,
        markeredgewidth=1,
        label=plain_text(label),
        zorder=4 if front else 3 if look.marker else 2,
    )
    return line


def _frame(axes: Any, curves: list[RateCurve], log: bool) -> tuple[float, float]:
    """Where most codecs of the run were measured: one that went on alone must not squeeze the others."""
    low = min(rate for curve in curves for rate, _ in curve)
    usual = 1.3 * median(curve[-1][0] for curve in curves)
    high = 1.04 * max((curve[-1][0] for curve in curves if curve[-1][0] <= usual), default=usual)
    inside = [reached for curve in curves for rate, reached in curve if rate <= high]
    margin = 0.04 * (max(inside) - min(inside)) or 1
    if log:
        axes.set_xscale("log")
        plain_ticks(axes.xaxis)
    axes.set_xlim(0.93 * low if log else 0, high)
    axes.set_ylim(min(inside) - margin, max(inside) + margin)
    return low, high


def _legends(axes: Any, own: list, others: list, rate: float) -> None:
    """Beside the curves, not on them, and from top to bottom as they lie."""
    lines = [line for line, _ in sorted(own, key=lambda pair: _height(pair[1], rate), reverse=True)]
    lines += [line for line, _ in sorted(others, key=lambda pair: _height(pair[1], rate), reverse=True)]
    figure = axes.figure
    figure.set_figheight(max(figure.get_figheight(), 0.3 + 0.19 * len(lines)))  # a long list is not cut
    figure.legend(handles=lines, loc="outside right upper", frameon=False, fontsize=8.5, handlelength=3)


def _height(curve: RateCurve, rate: float) -> float:
    rates, reached = zip(*sorted(curve), strict=True)
    return float(np.interp(np.log(rate), np.log(rates), reached))
