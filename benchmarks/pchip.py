"""A monotone curve through measured points: piecewise cubic Hermite interpolation (Fritsch and Carlson).

A plain cubic overshoots between unevenly spaced points, and the overshoot would count as gain or loss of a
codec. This one never leaves the range of its neighbours. It is written out here, and not taken from SciPy, so
that the benchmark needs nothing that the codec does not; the tests hold it against SciPy's.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Pchip:
    """The curve y(x) through knots whose x strictly increases."""

    x: np.ndarray
    y: np.ndarray
    slope: np.ndarray

    @classmethod
    def through(cls, x: np.ndarray, y: np.ndarray) -> "Pchip":
        width = np.diff(x)
        secant = np.diff(y) / width
        return cls(x, y, _slopes(width, secant))

    def __call__(self, at: np.ndarray) -> np.ndarray:
        left = np.clip(np.searchsorted(self.x, at, side="right") - 1, 0, len(self.x) - 2)
        width = self.x[left + 1] - self.x[left]
        t = (at - self.x[left]) / width
        return (
            (1 + 2 * t) * (1 - t) ** 2 * self.y[left]
            + t * (1 - t) ** 2 * width * self.slope[left]
            + t**2 * (3 - 2 * t) * self.y[left + 1]
            + t**2 * (t - 1) * width * self.slope[left + 1]
        )

    def integral(self, low: float, high: float) -> float:
        """Exact: between two knots the curve is a cubic, which Simpson's rule integrates without error."""
        inner = self.x[(self.x > low) & (self.x < high)]
        edges = np.concatenate(([low], inner, [high]))
        a, b = edges[:-1], edges[1:]
        return float(np.sum((b - a) / 6 * (self(a) + 4 * self((a + b) / 2) + self(b))))


def _slopes(width: np.ndarray, secant: np.ndarray) -> np.ndarray:
    """Inside, the weighted harmonic mean of both secants, or zero at a turning point; outside, a parabola."""
    if len(secant) == 1:
        return np.repeat(secant, 2)
    w_left = 2 * width[1:] + width[:-1]
    w_right = width[1:] + 2 * width[:-1]
    same_direction = secant[:-1] * secant[1:] > 0
    safe_left = np.where(same_direction, secant[:-1], 1.0)
    safe_right = np.where(same_direction, secant[1:], 1.0)
    inner = (w_left + w_right) / (w_left / safe_left + w_right / safe_right)
    inner = np.where(same_direction, inner, 0.0)
    first = _end_slope(width[0], width[1], secant[0], secant[1])
    last = _end_slope(width[-1], width[-2], secant[-1], secant[-2])
    return np.concatenate(([first], inner, [last]))


def _end_slope(width: float, next_width: float, secant: float, next_secant: float) -> float:
    """The slope of the parabola through the three outermost points, held back where it would overshoot."""
    slope = ((2 * width + next_width) * secant - width * next_secant) / (width + next_width)
    if slope * secant <= 0:
        return 0.0
    if secant * next_secant <= 0 and abs(slope) > 3 * abs(secant):
        return 3 * secant
    return slope
