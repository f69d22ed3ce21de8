"""The origins' formulas against the decoders that they describe."""

import io
from fractions import Fraction
from math import floor

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from wlc.models.origins import JPEG, PHOTO_CD, STORED, WEBP
from wlc.models.reversible_colour import FIRST_ORIGIN, NUMBERS, to_rgb


def blobs(seed: int = 0, side: int = 96) -> Image.Image:
    """Soft shapes in every colour, and some noise."""
    random = np.random.default_rng(seed)
    small = Image.fromarray(random.integers(0, 256, (9, 9, 3), dtype=np.uint8))
    soft = np.asarray(small.resize((side, side), Image.Resampling.BICUBIC), np.float64)
    return Image.fromarray((soft + random.normal(0, 4, soft.shape)).clip(0, 255).astype(np.uint8))


@pytest.mark.parametrize("quality", [30, 95])
@pytest.mark.parametrize("subsampling", [0, 2])
def test_what_a_jpeg_decoder_does(quality, subsampling):
    kept = io.BytesIO()
    blobs().save(kept, "JPEG", quality=quality, subsampling=subsampling)
    with Image.open(kept) as image:
        image.draft("YCbCr", image.size)
        stored = np.asarray(image).astype(np.int32)
    with Image.open(kept) as image:
        decoded = np.asarray(image.convert("RGB"))
    y, cb, cr = np.moveaxis(stored, 2, 0)
    made = np.stack(JPEG.to_rgb(y, cb - 128, cr - 128), axis=-1).clip(0, 255)
    assert np.array_equal(made, decoded)


def test_grays_of_webp():
    """A limited range of luma: 16 is black, 235 is white."""
    y = np.array([0, 16, 17, 126, 234, 235, 255])
    rgb = np.stack(WEBP.to_rgb(y, 0 * y, 0 * y), axis=-1).clip(0, 255)
    assert rgb.tolist() == [[v] * 3 for v in (0, 0, 1, 128, 254, 255, 255)]


@given(st.integers(0, 255), st.integers(-156, 99), st.integers(-137, 118))
def test_photo_cd_is_its_published_matrix_cut_to_whole_levels(y, cb, cr):
    luma, blue, red = Fraction("1.3584") * y, Fraction("2.2179") * cb, Fraction("1.8215") * cr
    green = luma - Fraction("0.194") * floor(blue) - Fraction("0.509") * floor(red)
    assert PHOTO_CD.to_rgb(y, cb, cr) == (floor(luma + red), floor(green), floor(luma + blue))


@pytest.mark.parametrize("number", range(FIRST_ORIGIN, NUMBERS))
def test_tensors_and_arrays_give_the_same(number):
    planes = torch.randint(-300, 300, (2, 3, 20, 30), generator=torch.Generator().manual_seed(number))
    planes[:, 0] = planes[:, 0].abs()
    by_numpy = np.stack(STORED[number - FIRST_ORIGIN].origin.to_rgb(*planes.numpy().swapaxes(0, 1)), axis=1)
    for dtype in (torch.float32, torch.float64):
        rgb = to_rgb(planes.to(dtype), number)
        assert rgb.dtype == dtype and np.array_equal(rgb.numpy(), by_numpy.clip(0, 255))


@pytest.mark.parametrize("number", range(FIRST_ORIGIN, NUMBERS))
def test_strange_planes_of_a_file_cut_short_are_colours_all_the_same(number):
    planes = torch.tensor([-(2.0**30), 2.0**30, 5000.0]).view(1, 3, 1, 1)
    rgb = to_rgb(planes, number)
    assert rgb.min() >= 0 and rgb.max() <= 255
