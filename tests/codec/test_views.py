"""Arrays into arrays: what each view promises, on planes that show it."""

import numpy as np
import pytest

from wlc import views


@pytest.fixture
def noisy() -> np.ndarray:
    y, x = np.mgrid[:50, :70]
    return x / 70 + 0.3 * np.sin(y / 5) + np.random.default_rng(1).normal(0, 0.05, (50, 70))


def test_stretch():
    plane = np.arange(101.0).reshape(1, 101) - 30
    assert np.allclose(views.stretched(plane, views.MIN_MAX), np.arange(101) / 100)
    cut = views.stretched(plane, views.PERCENTILES)[0]
    assert (cut[:3] == 0).all() and (cut[98:] == 1).all() and cut[50] == 0.5 and (np.diff(cut[2:99]) > 0).all()
    sparse = np.zeros((10, 100))
    sparse[3, 4], sparse[5, 6] = -1, 3
    assert np.allclose(np.unique(views.stretched(sparse, views.PERCENTILES)), [0, 0.25, 1])
    for stretch in views.STRETCHES:
        assert (views.stretched(np.full((4, 5), 7), stretch) == 0.5).all()


def test_a_ramp_is_equalised_already():
    ramp = np.linspace(0, 1, 256).reshape(16, 16)
    assert np.allclose(views.equalised(ramp), ramp)
    assert np.abs(views.locally_equalised(ramp, tiles=1) - ramp).max() < 0.003


def test_equalising_makes_shades_equally_common():
    dark = np.linspace(0, 1, 4096).reshape(64, 64) ** 3
    even = views.equalised(dark)
    assert even.min() == 0 and even.max() == 1 and (np.diff(even.ravel()) >= 0).all()
    # The darkest of 256 levels holds a seventh of these places already; nothing can tell those apart.
    assert np.abs(np.histogram(even[even > 0.2], 8, (0.2, 1))[0] / 409.6 - 1).max() < 0.35


@pytest.mark.parametrize("shade", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("shape", [(1, 1), (5, 9), (64, 64), (50, 70)])
def test_flat_stays_flat(shade, shape):
    flat = np.full(shape, shade)
    assert np.array_equal(views.equalised(flat), flat)
    local = views.locally_equalised(flat)
    assert local.shape == shape and np.ptp(local) < 1e-12 and abs(local.mean() - shade) < 0.04


@pytest.mark.parametrize("clip", [1.0, 2.0, 4.0, 1000.0])
def test_within_one_tile_no_order_is_lost_and_contrast_is_limited(noisy, clip):
    shown = views.stretched(noisy, views.MIN_MAX)
    local = views.locally_equalised(shown, tiles=1, clip=clip)
    order = np.argsort(shown, axis=None)
    before = np.rint(shown.ravel()[order] * 255)
    steps, grown = np.diff(before), np.diff(local.ravel()[order])
    assert (grown >= -1e-12).all() and (grown <= (steps * clip + 1e-9) / 256).all()
    assert local.min() >= 0 and local.max() <= 1
    if clip == 1:
        assert np.abs(local - shown).max() < 0.005


def test_local_contrast_is_raised_without_seams(noisy):
    """A faint pattern in the dark and one in the light: one curve for all cannot show both, and none shows tiles."""
    y, x = np.mgrid[:64, :64]
    faint = 0.1 + 0.8 * (x > 31) + 0.02 * np.sin(x) * np.sin(y)
    local = views.locally_equalised(faint, clip=8)
    for half in (slice(0, 24), slice(40, 64)):
        assert local[:, half].std() > 4 * faint[:, half].std()
    smooth = views.locally_equalised(np.tile(np.linspace(0, 1, 128), (128, 1)), clip=2)
    assert np.abs(np.diff(smooth, axis=1)).max() < 0.05 and np.abs(np.diff(smooth, axis=0)).max() < 1e-12


def test_clip_below_one_makes_no_sense(noisy):
    with pytest.raises(ValueError, match="at least 1"):
        views.locally_equalised(noisy, clip=0.5)


def test_principal_component(noisy):
    random = np.random.default_rng(2)
    planes = np.stack([0.1 * noisy, -3 * noisy, noisy]) + random.normal(0, 0.01, (3, *noisy.shape))
    found = views.principal_component(planes + 50)
    assert np.corrcoef(found.ravel(), -noisy.ravel())[0, 1] > 0.999  # the second channel weighs most
    assert np.array_equal(found, views.principal_component(planes + 50))
    assert (views.principal_component(np.ones((2, 3, 4), np.int16)) == 0).all()


def test_histogram():
    counts = views.histogram([np.array([[0, 1, -9]], np.int16), np.array([[2, 3, 0]])], 2)
    assert counts.tolist() == [1, 0, 2, 1, 2]
