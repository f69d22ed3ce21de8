import math

import pytest

from wlc.benchmarks.results import Curve, LosslessRow, LosslessTrial, Trial


def trial(picture: str, quality: float, pixels: int, size: int, psnr: float, **more) -> Trial:
    return Trial(picture, quality, pixels, size, psnr, encode_seconds=0.5, decode_seconds=0.25, **more)


@pytest.fixture
def curve() -> Curve:
    trials = [
        trial("a", 50, 1000, 100, 30.0, ms_ssim=0.9),
        trial("b", 50, 4000, 200, 40.0),
        trial("a", 20, 1000, 50, 25.0, ms_ssim=0.8),
        trial("b", 20, 4000, 100, math.inf, ms_ssim=0.9),
    ]
    return Curve("x", "X", "", "1", "set", "machine", trials)


def test_means_are_over_pictures(curve):
    coarse, fine = curve.points()
    assert (coarse.quality, fine.quality) == (20, 50)
    assert fine.mean("bpp") == pytest.approx((0.8 + 0.4) / 2)
    assert fine.mean("psnr") == 35.0
    assert fine.mean("ms_ssim") is None  # measured for one picture only
    assert coarse.mean("ms_ssim") == pytest.approx(0.85)


def test_a_rate_curve_holds_what_can_be_compared(curve):
    assert curve.rate_curve() == [(pytest.approx(0.6), 35.0)]  # the other point is infinitely good
    assert curve.rate_curve("ms_ssim") == [(pytest.approx(0.3), pytest.approx(0.85))]
    assert curve.rate_curve("ssimulacra2") == []


def test_speed_is_all_pixels_over_all_seconds(curve):
    assert curve.speed("encode") == pytest.approx(0.01 / 2.0)
    assert curve.speed("decode") == pytest.approx(0.01 / 1.0)


def test_only_some_qualities(curve):
    assert [t.quality for t in curve.only([20]).trials] == [20, 20]
    assert len(curve.trials) == 4


@pytest.mark.parametrize("change", ["version", "setting", "pictures", "machine"])
def test_results_of_something_else_are_not_the_same(curve, change):
    assert curve.is_of_the_same(curve.only([20]))
    assert not curve.is_of_the_same(Curve(**{**vars(curve), change: "another"}))


def test_lossless_bits_are_a_mean_over_pictures():
    trials = [LosslessTrial("a", 300, 100, 75, 0.1, 0.1), LosslessTrial("b", 3000, 1000, 1500, 0.1, 0.1)]
    assert LosslessRow("x", "X", "", "1", "set", "m", trials).bits_per_sample == pytest.approx((2 + 4) / 2)
