import sys

import pytest
from PIL import Image

from wlc.benchmarks.metrics.ms_ssim import missing, ms_ssim


@pytest.fixture
def package():
    pytest.importorskip("pytorch_msssim")
    assert missing() is None


def gray(level: int, size: tuple[int, int] = (208, 176)) -> Image.Image:
    return Image.new("RGB", size, (level, level, level))


def test_equal_pictures_are_one(package, larger):
    assert ms_ssim(larger, larger) == 1


def test_falls_with_quality(package, larger, as_jpeg):
    good, fair, bad = (ms_ssim(larger, as_jpeg(larger, quality)) for quality in (90, 40, 5))
    assert 1 > good > fair > bad > 0


def test_of_flat_pictures_only_the_mean_is_left_at_the_coarsest_scale(package):
    a, b, c1 = 100, 140, (0.01 * 255) ** 2
    expected = ((2 * a * b + c1) / (a * a + b * b + c1)) ** 0.1333
    assert ms_ssim(gray(a), gray(b)) == pytest.approx(expected, rel=1e-4)


def test_is_the_mean_over_channels(package, larger, as_jpeg):
    decoded = as_jpeg(larger, 30)

    def alone(channel: int) -> float:
        """With the other channels made equal they are 1."""
        bands = list(larger.split())
        bands[channel] = decoded.getchannel(channel)
        return 3 * ms_ssim(larger, Image.merge("RGB", bands)) - 2

    assert ms_ssim(larger, decoded) == pytest.approx(sum(map(alone, range(3))) / 3, abs=1e-6)


def test_does_not_depend_on_threads(package, larger, as_jpeg):
    torch = pytest.importorskip("torch")
    decoded, found = as_jpeg(larger, 30), set()
    for threads in (1, 2, 4):
        torch.set_num_threads(threads)
        found.add(ms_ssim(larger, decoded))
        assert torch.get_num_threads() == threads
    assert len(found) == 1


def test_none_where_five_scales_do_not_fit(package):
    assert ms_ssim(gray(1, (160, 300)), gray(2, (160, 300))) is None
    assert ms_ssim(gray(1, (161, 161)), gray(1, (161, 161))) == 1


def test_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pytorch_msssim", None)
    assert "pip install" in missing()
