"""A few lossless files with the weights that ship, which people's files are made with."""

from pathlib import Path

import numpy as np
import pytest
import torch

import wlc
from wlc import fitting
from wlc.bitstream.container import read_container
from wlc.decode import decode
from wlc.inspection import info
from wlc.models import weights
from wlc.models.training.cameras import _through_sensor
from wlc.residuals import LEAN_CLASSES
from wlc.sample_tiles import NETS

pytestmark = pytest.mark.skipif(
    weights.find_by_name(weights.DEFAULT_LOSSLESS) is None, reason="no weights for lossless files are installed"
)


def smooth(height: int, width: int, sigma: float) -> np.ndarray:
    """8 bits: shades and Gaussian noise."""
    y, x = np.mgrid[:height, :width]
    shades = np.stack([120 + 70 * np.sin(x / (29 + 7 * k)) + 40 * np.cos(y / (17 + 3 * k)) for k in range(3)], axis=-1)
    return (shades + np.random.default_rng(3).normal(0, sigma, shades.shape)).round().clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("sigma", [2, 8])
def test_near_the_entropy_of_the_noise(sigma):
    samples = smooth(128, 160, sigma)
    data = wlc.compress(samples, lossless=True, device="cpu")
    assert np.array_equal(decode(data, device="cpu").samples, samples)
    assert read_container(data).segments[0][0] == NETS
    entropy = np.log2(sigma * np.sqrt(2 * np.pi * np.e))
    assert entropy < 8 * len(data) / samples.size < entropy + 1.6


def through_sensor(rgb: np.ndarray) -> np.ndarray:
    """As a camera makes it: one colour at each place, and the other two are means of the nearest that have them."""
    crop = torch.from_numpy(rgb).permute(2, 0, 1).float()
    return _through_sensor(crop).round().byte().permute(1, 2, 0).numpy()


def test_what_is_the_same_everywhere_in_a_picture_is_learned_from_it(monkeypatch):
    """Colours that are means of others, for which nets that must do for all pictures have but a feeling."""
    samples = through_sensor(smooth(128, 160, 5))
    data = wlc.compress(samples, lossless=True, device="cpu")
    assert np.array_equal(decode(data, device="cpu").samples, samples)
    monkeypatch.setattr("wlc.lossless_encode.best_leans", lambda *_: np.zeros(LEAN_CLASSES, np.int32))
    without_leans = wlc.compress(samples, lossless=True, device="cpu")
    fitted = fitting.own_weights
    monkeypatch.setattr(fitting, "own_weights", lambda *step: 0 * fitted(*step))
    without_both = wlc.compress(samples, lossless=True, device="cpu")
    assert np.array_equal(decode(without_both, device="cpu").samples, samples)
    assert len(data) < 0.97 * len(without_leans) and len(without_leans) < 0.97 * len(without_both)


def test_an_error_of_one_level_saves_bytes(drawn):
    samples = drawn[..., :3]
    sizes = [len(wlc.compress(samples, max_error=error, device="cpu")) for error in (0, 1, 3)]
    assert sizes == sorted(sizes, reverse=True) and sizes[1] < 0.85 * sizes[0]


def test_predictions_stay_far_below_what_float32_holds(monkeypatch):
    """Noise of black and white is the worst there is; trained nets are careful with it."""
    from wlc.residuals import Grain

    largest, name = [], Grain.name

    def watched(self, prediction, index):
        largest.append(np.abs(prediction).max())
        return name(self, prediction, index)

    monkeypatch.setattr(Grain, "name", watched)
    noise = np.random.default_rng(0).integers(0, 2, (65, 91, 3)).astype(np.uint8) * 255
    wlc.compress(noise, lossless=True, device="cpu")
    assert max(largest) < 2**24 / 16


def test_a_file_says_which_weights(drawn):
    data = wlc.compress(drawn, lossless=True, device="cpu")
    found = info(data)
    assert found.model == Path(weights.find_by_name(weights.DEFAULT_LOSSLESS)).stem and found.max_error == 0
    assert np.array_equal(decode(data, device="cpu").samples, drawn)
    assert np.array_equal(decode(data, reduce=2, device="cpu").samples[..., :3], drawn[::4, ::4, :3])
