import numpy as np
import pytest
import torch

import wlc
from wlc.benchmarks.classify.coding import coded, squared_error
from wlc.bitstream.container import level_sizes, read_container
from wlc.decode import decode_symbols
from wlc.loaded import by_name

RATE_INDEX = 100


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    random = np.random.default_rng(0)
    y, x = np.mgrid[:80, :80]
    shades = [120 + 70 * np.sin(x / wide + y / 9) + random.normal(0, 8, (80, 80)) for wide in (3, 7)]
    return (
        np.stack([np.stack([shade, shade / 2 + y, 200 - x], axis=-1) for shade in shades]).clip(0, 255).astype("uint8")
    )


@pytest.fixture(scope="module")
def files(pictures) -> list[bytes]:
    from wlc.encode import Encoder
    from wlc.pictures import read_picture

    return [Encoder(read_picture(picture)).at(RATE_INDEX) for picture in pictures]


def rgb_of(pictures: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float()


def test_symbols_and_bits_are_those_of_files(pictures, files):
    """A processor may round a value the other way in a batch, here and there."""
    loaded = by_name(None, "cpu")
    made = coded(loaded.model, rgb_of(pictures), RATE_INDEX, loaded.bits)
    for number, file in enumerate(files):
        for symbols, written in zip(made.symbols, decode_symbols(file), strict=True):
            assert (symbols[number].round() == written[0]).float().mean() > 0.999
        bits = 8 * sum(level_sizes(read_container(file)))
        assert made.bits[number].item() == pytest.approx(bits, rel=0.01, abs=100)


def test_errors_are_those_of_decoded_pictures(pictures, files):
    loaded = by_name(None, "cpu")
    symbols = [torch.cat(group) for group in zip(*map(decode_symbols, files), strict=True)]
    errors = squared_error(loaded.model, symbols, rgb_of(pictures), RATE_INDEX)
    decoded = np.stack([np.asarray(wlc.decompress(file)) for file in files]).astype(float)
    expected = np.square(decoded - pictures).mean(axis=(1, 2, 3))
    assert errors.numpy() == pytest.approx(expected, rel=0.02)


def test_symbols_have_the_slope_of_their_values(pictures):
    """Brighter pictures give larger symbols; bits and errors, too, say how they change."""
    loaded = by_name(None, "cpu")
    rgb = rgb_of(pictures).requires_grad_()
    made = coded(loaded.model, rgb, RATE_INDEX, loaded.bits)
    (brighter,) = torch.autograd.grad(made.symbols[0][:, 0].sum(), rgb, retain_graph=True)
    assert brighter.sum() > 0
    for what in (made.bits.sum(), squared_error(loaded.model, made.symbols, rgb.detach(), RATE_INDEX).sum()):
        (slope,) = torch.autograd.grad(what, rgb, retain_graph=True)
        assert torch.isfinite(slope).all() and slope.abs().max() > 0
