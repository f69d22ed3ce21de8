import math

import pytest

from wlc.benchmarks.page.comparisons import (
    MS_SSIM,
    PSNR,
    SSIMULACRA2,
    anchors,
    compare,
    curve_in,
    in_unit,
    rate_at,
    reference_for_speed,
    subject,
    was_measured,
)


def test_half_the_bits_are_minus_fifty_per_cent(usual):
    found = compare(curve_in(PSNR, usual.curves["jpeg"]), curve_in(PSNR, usual.curves["wlc"]))
    assert found.rate.percent == pytest.approx(-50, abs=0.01)
    assert (found.rate.low, found.rate.high) == (28, 37)
    assert found.gain.gain == pytest.approx(3, abs=0.01)  # three dB a doubling
    assert found.why == ""


def test_what_shares_no_range_says_so(curve):
    low, high = curve("a", "A"), curve("b", "B", 100, psnrs=(50, 52, 54, 56))
    found = compare(curve_in(PSNR, low), curve_in(PSNR, high))
    assert found.rate is None and found.gain is None
    assert "range of quality" in found.why and "range of rate" in found.why


def test_ms_ssim_is_compared_in_decibels(usual):
    assert in_unit(MS_SSIM, 0.99) == pytest.approx(20)
    assert in_unit(MS_SSIM, 1.0) == math.inf
    assert in_unit(MS_SSIM, None) is None
    assert [reached for _, reached in curve_in(MS_SSIM, usual.curves["wlc"])] == pytest.approx([8, 11, 14, 17])


def test_only_psnr_was_published(usual):
    assert [anchor.name for anchor in anchors(usual, PSNR)] == ["wlc", "jpeg", "avif", "vtm"]
    assert [anchor.name for anchor in anchors(usual, SSIMULACRA2)] == ["wlc", "jpeg", "avif"]


def test_missing_metrics_and_infinite_psnr_make_no_points(curve, run):
    exact = run(curve("wlc", "wlc", metrics=False, psnrs=(28, 31, 34, math.inf)))
    assert len(curve_in(PSNR, exact.curves["wlc"])) == 3
    assert not was_measured(exact, MS_SSIM)


def test_two_qualities_with_the_same_file_are_one_point(curve):
    twice = curve("wlc", "wlc", pictures=["a"])
    twice.trials.append(type(twice.trials[0])(**vars(twice.trials[0]) | {"quality": 0.5}))
    assert len(curve_in(PSNR, twice)) == 4


def test_the_page_is_about_wlc_or_else_the_first(curve, run):
    assert subject(run(curve("jpeg", "J"), curve("wlc-next", "w"))) == "wlc-next"
    assert subject(run(curve("jpeg", "J"), curve("webp", "W"))) == "jpeg"
    assert subject(run()) is None
    assert subject(run(curve("wlc", "w", pictures=()), curve("jpeg", "J"))) == "jpeg"


def test_speed_is_drawn_against_jpeg_or_else_the_weakest(curve, run):
    assert reference_for_speed(run(curve("wlc", "w"), curve("jpeg", "J", 2))) == "jpeg"
    assert reference_for_speed(run(curve("wlc", "w"), curve("webp", "W", 2), curve("avif", "A", 0.8))) == "webp"
    assert reference_for_speed(run()) is None


def test_the_rate_between_two_points_and_none_outside():
    curve = [(0.5, 30.0), (2.0, 34.0)]
    assert rate_at(curve, 32) == pytest.approx(1.0)
    assert rate_at(curve, 29) is None and rate_at(curve[:1], 30) is None
    assert rate_at([(0.5, 30.0), (2.0, 29.0)], 29.5) is None
