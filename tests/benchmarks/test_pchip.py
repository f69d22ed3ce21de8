import numpy as np
import pytest

from wlc.benchmarks.pchip import Pchip

X = np.array([0.0, 1.0, 1.5, 4.0, 5.0])


def test_passes_through_its_knots():
    y = np.array([3.0, 1.0, 1.0, 2.0, 9.0])
    assert np.allclose(Pchip.through(X, y)(X), y)


def test_a_line_stays_a_line():
    curve = Pchip.through(X, 2 * X + 1)
    between = np.linspace(0, 5, 101)
    assert np.allclose(curve(between), 2 * between + 1)
    assert curve.integral(0.5, 4.5) == pytest.approx(4.5**2 + 4.5 - 0.5**2 - 0.5)


def test_never_overshoots_a_step():
    step = Pchip.through(X, np.array([0.0, 0.0, 1.0, 1.0, 1.0]))(np.linspace(0, 5, 501))
    assert step.min() >= 0 and step.max() <= 1 + 1e-12


def test_the_integral_is_that_of_the_curve():
    curve = Pchip.through(X, np.array([0.0, 2.0, 1.0, 5.0, 5.5]))
    middles = (np.arange(100_000) + 0.5) * 5 / 100_000
    assert curve.integral(0, 5) == pytest.approx(curve(middles).mean() * 5, rel=1e-8)


def test_agrees_with_scipy():
    interpolate = pytest.importorskip("scipy.interpolate")
    draw = np.random.default_rng(1)
    for points in (3, 4, 10):
        x, y = np.cumsum(draw.uniform(0.1, 2, points)), draw.normal(size=points)
        at = np.linspace(x[0], x[-1], 200)
        assert np.allclose(Pchip.through(x, y)(at), interpolate.PchipInterpolator(x, y)(at))
