import numpy as np
from PIL import Image

from wlc.benchmarks.page.windows import windows


def half_and_half(width, height):
    """Noise at the left, a gentle gradient at the right."""
    y, x = np.mgrid[0:height, 0:width]
    grey = 100 + 60.0 * y / height + 0 * x
    noise = np.random.default_rng(1).normal(0, 40, grey.shape)
    grey[:, : width // 2] += noise[:, : width // 2]
    return Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8)).convert("RGB")


def test_detail_is_found_where_it_is_and_smoothness_where_it_is():
    found = windows(half_and_half(256, 128), 64)
    assert found["detail"][2] <= 128
    assert found["smooth"][0] >= 128
    assert all((right - left, lower - upper) == (64, 64) for left, upper, right, lower in found.values())


def test_a_gentle_slope_is_preferred_to_nothing_at_all():
    flat = np.full((64, 192), 120, dtype=np.uint8)
    flat[:, 64:128] = np.linspace(90, 150, 64)[None, :].astype(np.uint8)
    flat[:, :64] = np.random.default_rng(1).integers(0, 256, (64, 64))
    found = windows(Image.fromarray(flat), 64)
    assert abs(found["smooth"][0] - 96) <= 32


def test_a_picture_too_small_for_two_has_one_of_all_that_fits():
    assert windows(half_and_half(40, 30), 64) == {"detail": (0, 0, 40, 30)}
    assert windows(Image.new("RGB", (1, 1)), 64) == {"detail": (0, 0, 1, 1)}


def test_windows_lie_inside_pictures_of_any_shape():
    for size in ((200, 70), (70, 200), (65, 65), (130, 64)):
        for left, upper, right, lower in windows(half_and_half(*size), 64).values():
            assert 0 <= left < right <= size[0] and 0 <= upper < lower <= size[1]
