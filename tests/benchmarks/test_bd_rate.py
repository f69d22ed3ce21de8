import math

import numpy as np
import pytest

from wlc.benchmarks.bd_rate import bd_rate

CURVE = [(0.12, 26.1), (0.25, 28.9), (0.5, 31.6), (0.9, 34.4), (1.5, 37.9)]
OTHER = [(0.1, 25.0), (0.2, 27.2), (0.45, 30.4), (0.8, 33.0), (1.3, 35.5), (2.1, 39.0)]


def scaled(factor: float) -> list[tuple[float, float]]:
    return [(rate * factor, psnr) for rate, psnr in CURVE]


def test_a_curve_against_itself_is_zero():
    assert bd_rate(CURVE, CURVE).percent == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(("factor", "percent"), [(0.5, -50), (0.9, -10), (2, 100)])
def test_a_constant_factor_of_rate_is_that_factor(factor, percent):
    assert bd_rate(CURVE, scaled(factor)).percent == pytest.approx(percent)


def test_swapping_the_curves_inverts_the_factor():
    there, back = bd_rate(CURVE, OTHER), bd_rate(OTHER, CURVE)
    assert (1 + there.percent / 100) * (1 + back.percent / 100) == pytest.approx(1)


def test_compares_only_where_both_curves_are():
    delta = bd_rate(CURVE, OTHER)
    assert (delta.low, delta.high) == (26.1, 37.9)


def test_the_order_of_the_points_does_not_matter():
    assert bd_rate(CURVE[::-1], OTHER[::-1]) == bd_rate(CURVE, OTHER)


def test_agrees_with_the_bjontegaard_package():
    bjontegaard = pytest.importorskip("bjontegaard")
    draw = np.random.default_rng(3)
    for points in (2, 3, 4, 9):
        curves = []
        for _ in range(2):
            psnr = 27 + np.cumsum(draw.uniform(0.5, 3, points)) + draw.uniform(0, 1)
            rate = 0.1 * np.exp(np.cumsum(draw.uniform(0.1, 0.8, points)))
            curves.append((rate, psnr))
        (rate_a, psnr_a), (rate_b, psnr_b) = curves
        theirs = bjontegaard.bd_rate(
            rate_a, psnr_a, rate_b, psnr_b, method="pchip", require_matching_points=False, min_overlap=0
        )
        ours = bd_rate(list(zip(rate_a, psnr_a, strict=True)), list(zip(rate_b, psnr_b, strict=True)))
        assert ours.percent == pytest.approx(theirs, rel=1e-9)


@pytest.mark.parametrize(
    ("curve", "sentence"),
    [
        ([(0.5, 30.0)], "at least two points"),
        ([(0.5, 30.0), (0.7, 30.0)], "gain PSNR"),
        ([(0.5, 30.0), (0.7, 29.0)], "gain PSNR"),
        ([(0.0, 28.0), (0.7, 30.0)], "rates above zero"),
        ([(0.5, 30.0), (0.7, math.inf)], "finite PSNR"),
        ([(0.5, 50.0), (0.7, 51.0)], "no range of PSNR"),
    ],
)
def test_refuses_what_is_no_curve(curve, sentence):
    with pytest.raises(ValueError, match=sentence):
        bd_rate(CURVE, curve)
