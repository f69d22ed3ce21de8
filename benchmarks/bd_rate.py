"""Two rate-distortion curves compared in one number: the Bjontegaard delta rate."""

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


def bd_rate(reference: Sequence[tuple[float, float]], candidate: Sequence[tuple[float, float]]) -> BdRate:
    """Compare curves of (bits per pixel, PSNR) points at equal PSNR, averaged over the range both cover.

    The logarithm of the rate is interpolated over PSNR and integrated: every dB counts the same, and so does
    every factor of rate. Nothing is extrapolated.
    """
    of_reference, of_candidate = _log_rate_over_psnr(reference), _log_rate_over_psnr(candidate)
    low = float(max(of_reference.x[0], of_candidate.x[0]))
    high = float(min(of_reference.x[-1], of_candidate.x[-1]))
    if low >= high:
        raise ValueError("The two curves share no range of PSNR.")
    area = of_candidate.integral(low, high) - of_reference.integral(low, high)
    return BdRate(percent=float(np.expm1(area / (high - low)) * 100), low=low, high=high)


def _log_rate_over_psnr(curve: Sequence[tuple[float, float]]) -> Pchip:
    rate, psnr = np.array(sorted(curve), dtype=np.float64).reshape(-1, 2).T
    if len(rate) < 2:
        raise ValueError("A curve needs at least two points.")
    if not (np.isfinite(psnr).all() and (rate > 0).all()):
        raise ValueError("A curve needs rates above zero and a finite PSNR at every point.")
    if not (np.diff(psnr) > 0).all():
        raise ValueError("A curve must gain PSNR with every step up in rate.")
    return Pchip.through(psnr, np.log(rate))
