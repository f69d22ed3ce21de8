"""Every layout and depth, and sizes that are awkward, through the real file and back."""

import numpy as np
import pytest

from wlc.decode import decode
from wlc.encode import Encoder
from wlc.pictures import Picture
from wlc.targets import psnr

SIZES = [(1, 1), (1, 7), (8, 8), (9, 1), (63, 65), (67, 129)]


def picture_of(drawn: np.ndarray, channels: int, dtype: type, size: tuple[int, int]) -> Picture:
    chosen = {1: [0], 2: [0, 3], 3: [0, 1, 2], 4: [0, 1, 2, 3]}[channels]
    samples = drawn[: size[0], : size[1], chosen]
    return Picture(samples if dtype == np.uint8 else samples.astype(np.uint16) * 257)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_all_layouts(drawn, channels, dtype, size):
    picture = picture_of(drawn, channels, dtype, size)
    encoder = Encoder(picture)
    back = decode(encoder.at(220))
    assert back.samples.shape == picture.samples.shape and back.samples.dtype == picture.samples.dtype
    if picture.has_alpha:
        assert np.array_equal(back.samples[..., -1], picture.samples[..., -1])
    assert psnr(picture, back) > 28
    shown = encoder.reconstruct().samples.astype(int)
    assert np.abs(shown - back.samples).max() <= 1  # the report's PSNR is that of the file


@pytest.mark.parametrize("size", [(1, 5000), (5000, 1), (3, 2000)])
@pytest.mark.parametrize("channels", [1, 4])
def test_long_and_thin(size, channels):
    samples = np.random.default_rng(3).integers(0, 40, (*size, channels)).cumsum(axis=int(size[0] < size[1]))
    picture = Picture((samples // 20 % 256).astype(np.uint8))
    back = decode(Encoder(picture).at(255))
    assert back.samples.shape == picture.samples.shape and psnr(picture, back) > 25


@pytest.mark.parametrize("coder", ["range", "webp"])
def test_both_coders_show_the_same(drawn, coder):
    picture = picture_of(drawn, 3, np.uint8, (67, 129))
    encoder = Encoder(picture, coder=coder)
    assert np.abs(decode(encoder.at(100)).samples.astype(int) - encoder.reconstruct().samples).max() <= 1


def test_better_costs_more_and_is_better(drawn):
    picture = picture_of(drawn, 3, np.uint8, (67, 129))
    encoder = Encoder(picture)
    made = [encoder.at(rate_index) for rate_index in (0, 80, 160, 240)]
    assert sorted(made, key=len) == made
    quality = [psnr(picture, decode(data)) for data in made]
    assert sorted(quality) == quality


def test_the_same_picture_gives_the_same_bytes(drawn):
    picture = picture_of(drawn, 4, np.uint8, (67, 129))
    encoder = Encoder(picture)
    first = encoder.at(90)
    encoder.at(200)
    assert encoder.at(90) == first == Encoder(picture, threads=1).at(90)
