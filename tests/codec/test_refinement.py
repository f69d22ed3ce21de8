"""Files that took more effort: what they are, through the real file and back."""

import numpy as np
import pytest
import torch

from wlc.decode import decode
from wlc.encode import Encoder
from wlc.loaded import by_name
from wlc.models import windows
from wlc.models.symbols import choose_symbols
from wlc.pictures import Picture
from wlc.refinement import refine_tiles
from wlc.targets import Target, encode_to, psnr
from wlc.tiling import Tile

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def smooth() -> np.ndarray:
    """(130, 190, 4): something like a photograph, as the shipped weights know them; alpha in stripes."""
    random = np.random.default_rng(2)
    noise = np.fft.rfft2(random.normal(size=(4, 130, 190)))
    distance = np.hypot(np.fft.fftfreq(130)[:, None] * 130, np.fft.rfftfreq(190) * 190) + 2
    samples = np.fft.irfft2(noise / distance**1.6, s=(130, 190))
    samples = 128 + 45 * samples / samples.std(axis=(1, 2), keepdims=True)
    samples[3] = 255 * (np.arange(190) // 40 % 2)
    return samples.clip(0, 255).astype(np.uint8).transpose(1, 2, 0).copy()


def test_fewer_bits_for_the_same_quality(smooth):
    picture = Picture(smooth[:96, :128, :3].copy())
    plain, eager = Encoder(picture), Encoder(picture, effort=6)
    rate_index = 150
    file, refined = plain.at(rate_index), eager.at(rate_index)
    gained = psnr(picture, eager.reconstruct()) - psnr(picture, plain.reconstruct())
    # A tenth of a decibel takes about 1 % more bits. What quality changes is counted with that.
    assert len(refined) < len(file) * (1 + gained / 10) * 0.99
    assert eager.at(rate_index) == refined and eager.glance(rate_index) == file
    assert not plain.refines and eager.refines


@pytest.mark.parametrize("size", [(1, 1), (9, 1), (67, 129)])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_all_layouts(smooth, size, channels):
    chosen = {1: [0], 2: [0, 3], 3: [0, 1, 2], 4: [0, 1, 2, 3]}[channels]
    picture = Picture(smooth[: size[0], : size[1], chosen].copy())
    encoder = Encoder(picture, effort=2)
    back = decode(encoder.at(180))
    assert psnr(picture, back) > 28
    assert np.abs(encoder.reconstruct().samples.astype(int) - back.samples).max() <= 1


@pytest.mark.parametrize("coder", ["range", "webp"])
def test_both_coders(smooth, coder):
    picture = Picture(smooth[:64, :64, :3].copy())
    encoder = Encoder(picture, coder=coder, effort=3)
    assert psnr(picture, decode(encoder.at(150))) > 25


def test_sixteen_bits(smooth):
    picture = Picture(smooth[:64, :64, :1].astype(np.uint16) * 257)
    assert psnr(picture, decode(Encoder(picture, effort=2).at(200))) > 30


def test_tile_by_tile(smooth):
    """Every tile is refined, none spoils its neighbours, and what is not in a tile stays."""
    loaded, colours, rate_index = by_name(None, "cpu"), smooth[..., :3], 140
    with torch.no_grad():
        values = windows.values_of(loaded.model, colours, rate_index, CPU)  # on 24 x 24 places
        symbols = [x.symbols.clone() for x in choose_symbols(loaded.model, values, rate_index, loaded.bits)]
    before = [x.clone() for x in symbols]
    tiles = [Tile(0, 0, 0, 8, 16), Tile(1, 8, 0, 16, 16)]
    refine_tiles(loaded, tiles, colours, values, symbols, rate_index, 2)

    def unchanged(tile: Tile) -> bool:
        return all(torch.equal(x[tile.of(g)], before[g][tile.of(g)]) for g, x in enumerate(symbols))

    assert [unchanged(tile) for tile in (*tiles, Tile(2, 0, 16, 24, 8))] == [False, False, True]

    def error(these: list[torch.Tensor]) -> float:
        back = windows.samples_from(loaded.model, these, rate_index, colours.shape, np.uint8, 0, CPU)
        return float((back.astype(float) - colours).__pow__(2).mean())

    assert error(symbols) < 1.05 * error(before)


@pytest.mark.parametrize("target", [Target(size=2500), Target(psnr=33)])
def test_targets_are_kept(smooth, target):
    picture = Picture(smooth[:64, :128, :3].copy())
    made = encode_to(picture, Encoder(picture, effort=3), target, with_psnr=True)
    plain = encode_to(picture, Encoder(picture), target, with_psnr=True)
    assert made.psnr == pytest.approx(psnr(picture, decode(made.data)), abs=0.01)
    if target.psnr:
        assert made.psnr >= target.psnr and len(made.data) <= len(plain.data)
    else:
        assert len(made.data) <= target.size and made.psnr >= plain.psnr - 0.02
