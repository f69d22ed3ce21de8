"""Latents come back from pictures exactly, and what does not fit into one is refused."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from wlc.models.walloc import latent_to_pil, pil_to_latent


@given(
    st.sampled_from([1, 3, 4]),
    st.integers(1, 8),
    st.integers(1, 3),
    st.integers(1, 3),
    st.tuples(st.integers(1, 7), st.integers(1, 7)),
    st.integers(0, 1000),
)
def test_there_and_back(C, bits, n, batch, size, seed):
    draw = torch.Generator().manual_seed(seed)
    half = 2 ** (bits - 1)
    latent = torch.randint(-half, half, (batch, C * n * n, *size), generator=draw).float()
    pictures = latent_to_pil(latent, bits, C)
    assert len(pictures) == batch
    assert {(p.mode, p.size) for p in pictures} == {({1: "L", 3: "RGB", 4: "CMYK"}[C], (n * size[1], n * size[0]))}
    back = pil_to_latent(pictures, C * n * n, bits, C)
    assert back.dtype == torch.float32 and torch.equal(back, latent)


@pytest.mark.parametrize("C", [1, 3, 4])
def test_where_each_channel_is(C):
    """Channel (plane, row, column) in C order is the tile at that row and column of that plane."""
    latent = torch.arange(C * 4.0).view(1, C * 4, 1, 1).expand(1, C * 4, 2, 3)
    (picture,) = latent_to_pil(latent, 8, C)
    planes = np.asarray(picture).reshape(4, 6, C).astype(int) - 128
    for plane, row, column in np.ndindex(C, 2, 2):
        tile = planes[2 * row : 2 * row + 2, 3 * column : 3 * column + 3, plane]
        assert (tile == plane * 4 + row * 2 + column).all()


@pytest.mark.parametrize("outside", [-9.0, 8.0, float("inf")])
def test_out_of_range(outside):
    latent = torch.zeros(1, 4, 2, 2)
    latent[0, 0, 0, 0] = outside
    with pytest.raises(ValueError, match="from -8 to 7"):
        latent_to_pil(latent, 4, 1)


@pytest.mark.parametrize("inside", [0.5, float("nan")])
def test_only_whole_numbers(inside):
    with pytest.raises(ValueError, match="whole numbers"):
        latent_to_pil(torch.full((1, 4, 2, 2), inside), 4, 1)


@pytest.mark.parametrize(("channels", "C"), [(12, 1), (12, 4), (3, 1), (2, 3), (0, 1)])
def test_channels_that_are_no_square(channels, C):
    with pytest.raises(ValueError, match="times a square"):
        latent_to_pil(torch.zeros(1, channels, 2, 2), 4, C)
    with pytest.raises(ValueError, match="times a square"):
        pil_to_latent([Image.new("L", (4, 4))], channels, 4, C)


def test_what_is_not_there():
    with pytest.raises(ValueError, match="planes, not 2"):
        latent_to_pil(torch.zeros(1, 2, 2, 2), 4, 2)
    with pytest.raises(ValueError, match="1 to 8 bits"):
        latent_to_pil(torch.zeros(1, 1, 2, 2), 9, 1)
    with pytest.raises(ValueError, match="mode RGB, not L"):
        pil_to_latent([Image.new("L", (4, 4))], 12, 4, 3)
    with pytest.raises(ValueError, match="2 x 2 tiles"):
        pil_to_latent([Image.new("L", (4, 5))], 4, 4, 1)
    with pytest.raises(ValueError, match="no pictures"):
        pil_to_latent([], 4, 4, 1)
