"""Who needs how many bits against whom: Bjontegaard deltas over a run, as data. What cannot be compared says why."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from wlc.benchmarks.bd_rate import BdGain, BdRate, bd_gain, bd_rate
from wlc.benchmarks.results import Curve, RateCurve, Results, Trial


@dataclass(frozen=True)
class Measure:
    metric: str  # as in Trial
    name: str
    unit: str


PSNR = Measure("psnr", "PSNR", "dB")
MS_SSIM = Measure("ms_ssim", "MS-SSIM", "dB")
SSIMULACRA2 = Measure("ssimulacra2", "SSIMULACRA2", "points")
MEASURES = (PSNR, MS_SSIM, SSIMULACRA2)


@dataclass(frozen=True)
class Comparison:
    """At equal quality and at equal rate; either may be missing, and then `why` is a sentence."""

    rate: BdRate | None
    gain: BdGain | None
    why: str = ""


@dataclass(frozen=True)
class Anchor:
    """What others are compared with: a codec of this run, or a curve that was published."""

    name: str
    label: str
    published: bool
    curve: RateCurve


def measured(results: Results) -> dict[str, Curve]:
    """Without codecs of which nothing is known yet, as after a run that was stopped."""
    return {name: curve for name, curve in results.curves.items() if curve.trials}


def subject(results: Results) -> str | None:
    """Whom the page is about: wlc, the first of them where there are several, else the first codec."""
    names = list(measured(results))
    return next((name for name in names if name.startswith("wlc")), names[0] if names else None)


def in_unit(measure: Measure, value: float | None) -> float | None:
    """MS-SSIM in dB, as 1 - m shrinks evenly with the rate and m itself does not. Equal pictures give infinity."""
    if measure is not MS_SSIM or value is None:
        return value
    return -10 * math.log10(1 - value) if value < 1 else math.inf


def curve_in(measure: Measure, curve: Curve) -> RateCurve:
    return _finite((rate, in_unit(measure, reached)) for rate, reached in curve.rate_curve(measure.metric))


def curve_of_picture(curve: Curve, picture: str) -> RateCurve:
    return curve_of_trials(curve.of_picture(picture))


def curve_of_trials(trials: Iterable[Trial]) -> RateCurve:
    return _finite((trial.bpp, trial.psnr) for trial in trials)


def _finite(pairs: Iterable[tuple[float, float | None]]) -> RateCurve:
    """Two qualities that gave the same file are one point."""
    return sorted({(rate, reached) for rate, reached in pairs if reached is not None and math.isfinite(reached)})


def compare(reference: RateCurve, candidate: RateCurve) -> Comparison:
    rate = gain = None
    why = []
    try:
        rate = bd_rate(reference, candidate)
    except ValueError as reason:
        why.append(str(reason))
    try:
        gain = bd_gain(reference, candidate)
    except ValueError as reason:
        why.append(str(reason))
    return Comparison(rate, gain, " ".join(dict.fromkeys(why)))


def anchors(results: Results, measure: Measure) -> list[Anchor]:
    """Published curves are of PSNR alone."""
    own = [Anchor(name, curve.label, False, curve_in(measure, curve)) for name, curve in measured(results).items()]
    if measure is not PSNR:
        return own
    return own + [Anchor(name, name, True, sorted(curve)) for name, curve in results.published.items()]


def was_measured(results: Results, measure: Measure) -> bool:
    return any(curve_in(measure, curve) for curve in measured(results).values())


def reference_for_speed(results: Results) -> str | None:
    """JPEG, which everybody knows; without it the one that most others can be compared with, then the weakest."""
    curves = {name: curve_in(PSNR, curve) for name, curve in measured(results).items()}
    if curves.get("jpeg"):
        return "jpeg"

    def usefulness(name: str) -> tuple[int, float]:
        found = [compare(curves[name], other).rate for key, other in curves.items() if key != name]
        saved = [rate.percent for rate in found if rate]
        return len(saved), -sum(saved)

    return max((name for name in curves if curves[name]), key=usefulness, default=None)


def rate_at(curve: RateCurve, quality: float) -> float | None:
    """Bits per pixel at a quality between two measured points; nothing is extrapolated."""
    if len(curve) < 2:
        return None
    rates, reached = (np.array(column) for column in zip(*curve, strict=True))
    if (np.diff(reached) <= 0).any() or not reached[0] <= quality <= reached[-1]:
        return None
    return float(np.exp(np.interp(quality, reached, np.log(rates))))
