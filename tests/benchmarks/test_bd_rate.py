import math
import os
from pathlib import Path

import numpy as np
import pytest

from wlc.benchmarks.bd_rate import bd_gain, bd_rate
from wlc.benchmarks.published import published_curves

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
        theirs = bjontegaard.bd_psnr(
            rate_a, psnr_a, rate_b, psnr_b, method="pchip", require_matching_points=False, min_overlap=0
        )
        ours = bd_gain(list(zip(rate_a, psnr_a, strict=True)), list(zip(rate_b, psnr_b, strict=True)))
        assert ours.gain == pytest.approx(theirs, rel=1e-9)


@pytest.mark.parametrize(
    ("curve", "sentence"),
    [
        ([(0.5, 30.0)], "at least two points"),
        ([(0.5, 30.0), (0.7, 30.0)], "gain quality"),
        ([(0.5, 30.0), (0.7, 29.0)], "gain quality"),
        ([(0.0, 28.0), (0.7, 30.0)], "rates above zero"),
        ([(0.5, 30.0), (0.7, math.inf)], "finite quality"),
        ([(0.5, 50.0), (0.7, 51.0)], "no range of quality"),
    ],
)
def test_refuses_what_is_no_curve(curve, sentence):
    with pytest.raises(ValueError, match=sentence):
        bd_rate(CURVE, curve)


def test_a_constant_gain_is_that_gain():
    delta = bd_gain(CURVE, [(rate, psnr + 1.5) for rate, psnr in CURVE])
    assert delta.gain == pytest.approx(1.5)
    assert (delta.low, delta.high) == (pytest.approx(0.12), pytest.approx(1.5))


def test_rates_that_do_not_meet_give_no_gain():
    with pytest.raises(ValueError, match="no range of rate"):
        bd_gain(CURVE, [(rate + 9, psnr) for rate, psnr in CURVE])


def test_vtm_against_hm_as_published():
    """The method's own check: 19 per cent, on the curves that CompressAI published."""
    anchors = os.environ.get("WLC_ANCHORS")
    if not anchors:
        pytest.skip("the published curves are not here: name their file in WLC_ANCHORS")
    curves = published_curves(Path(anchors), ["vtm-9.1-compressai", "hm-16.20-scm-8.8"])
    delta = bd_rate(curves["hm-16.20-scm-8.8"], curves["vtm-9.1-compressai"])
    assert delta.percent == pytest.approx(-19, abs=1)
