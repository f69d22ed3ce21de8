import math

import numpy as np
import pytest
from PIL import Image

from wlc.benchmarks.metrics.psnr import psnr


def gray(level: int) -> Image.Image:
    return Image.new("RGB", (5, 3), (level, level, level))


def test_one_level_off_everywhere():
    assert psnr(gray(10), gray(11)) == pytest.approx(20 * math.log10(255))


def test_is_the_same_both_ways_where_unsigned_arithmetic_would_wrap():
    assert psnr(gray(0), gray(255)) == psnr(gray(255), gray(0)) == pytest.approx(0)


def test_is_the_mean_over_all_three_channels():
    red_is_off = Image.fromarray(np.array([[[13, 10, 10]]], dtype=np.uint8))
    assert psnr(Image.new("RGB", (1, 1), (10, 10, 10)), red_is_off) == pytest.approx(10 * math.log10(255**2 / 3))


def test_equal_pictures_are_infinitely_close():
    assert psnr(gray(7), gray(7)) == math.inf


def test_refuses_what_is_not_comparable():
    with pytest.raises(ValueError, match="differ in size"):
        psnr(gray(1), Image.new("RGB", (3, 5)))
    with pytest.raises(ValueError, match="mode L"):
        psnr(gray(1), Image.new("L", (5, 3)))
