"""Two rate-distortion curves compared in one number: the Bjontegaard deltas.

A curve is a sequence of (bits per pixel, what was reached): PSNR in dB, or any measure that grows with quality.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wlc.benchmarks.pchip import Pchip


@dataclass(frozen=True)
class BdRate:
    """How many per cent more (plus) or fewer (minus) bits the candidate needs, and where that was compared.

    The range stands beside the number because curves that barely overlap give a number that says little.
    """

    percent: float
    low: float
    high: float


@dataclass(frozen=True)
class BdGain:
    """How much more (plus) or less (minus) the candidate reaches, in the measure's unit, and between which rates."""

    gain: float
    low: float
    high: float


def bd_rate(reference: Sequence[tuple[float, float]], candidate: Sequence[tuple[float, float]]) -> BdRate:
    """Compare at equal quality, averaged over the range of quality that both cover.

    The logarithm of the rate is interpolated over quality and integrated: every dB counts the same, and so does
    every factor of rate. Nothing is extrapolated.
    """
    (rate, quality), (rate_too, quality_too) = _columns(reference), _columns(candidate)
    mean, low, high = _mean_difference(quality, np.log(rate), quality_too, np.log(rate_too), "quality")
    return BdRate(percent=float(np.expm1(mean) * 100), low=low, high=high)


def bd_gain(reference: Sequence[tuple[float, float]], candidate: Sequence[tuple[float, float]]) -> BdGain:
    """Compare at equal rate, averaged over the logarithm of the rates that both cover. With PSNR this is BD-PSNR."""
    (rate, quality), (rate_too, quality_too) = _columns(reference), _columns(candidate)
    mean, low, high = _mean_difference(np.log(rate), quality, np.log(rate_too), quality_too, "rate")
    return BdGain(gain=mean, low=float(np.exp(low)), high=float(np.exp(high)))


def _columns(curve: Sequence[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    rate, quality = np.array(sorted(curve), dtype=np.float64).reshape(-1, 2).T
    if len(rate) < 2:
        raise ValueError("A curve needs at least two points.")
    if not (np.isfinite(quality).all() and (rate > 0).all()):
        raise ValueError("A curve needs rates above zero and a finite quality at every point.")
    if not ((np.diff(quality) > 0).all() and (np.diff(rate) > 0).all()):
        raise ValueError("A curve must gain quality with every step up in rate.")
    return rate, quality


def _mean_difference(
    x: np.ndarray, y: np.ndarray, x_too: np.ndarray, y_too: np.ndarray, name: str
) -> tuple[float, float, float]:
    """Of the second curve from the first, over the x that both have."""
    low, high = float(max(x[0], x_too[0])), float(min(x[-1], x_too[-1]))
    if low >= high:
        raise ValueError(f"The two curves share no range of {name}.")
    area = Pchip.through(x_too, y_too).integral(low, high) - Pchip.through(x, y).integral(low, high)
    return area / (high - low), low, high
