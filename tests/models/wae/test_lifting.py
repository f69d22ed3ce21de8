import pytest
import torch

from wlc.models import filters
from wlc.models.wae.lifting import CDF_9_7, HAAR


@pytest.mark.parametrize("wavelet", [HAAR, CDF_9_7], ids=["haar", "9/7"])
@pytest.mark.parametrize("size", [(2, 2), (2, 6), (14, 10), (64, 48)])
def test_there_and_back(wavelet, size):
    picture = torch.rand(2, 3, *size, dtype=torch.float64)
    low, details = wavelet.split(picture)
    assert low.shape == (2, 3, size[0] // 2, size[1] // 2)
    assert details.shape == (2, 9, size[0] // 2, size[1] // 2)
    assert torch.allclose(wavelet.merge(low, details), picture, atol=1e-12)


@pytest.mark.parametrize("wavelet", [HAAR, CDF_9_7], ids=["haar", "9/7"])
def test_a_flat_picture_has_no_details(wavelet):
    low, details = wavelet.split(torch.full((1, 1, 12, 16), 0.7, dtype=torch.float64))
    assert torch.allclose(low, torch.full_like(low, 0.7)) and details.abs().max() < 1e-9


def test_it_is_the_codecs_own_wavelet():
    """Up to the scale, and the sign of details."""
    picture = torch.rand(20, 34, dtype=torch.float64)
    rows, columns = (torch.from_numpy(filters.level_matrix(size, "analysis")) for size in picture.shape)
    bands = rows @ picture @ columns.T / 2
    low, details = CDF_9_7.split(picture[None, None])
    assert torch.allclose(low[0, 0], bands[::2, ::2], atol=1e-9)
    for found, start in zip(details[0], ((0, 1), (1, 0), (1, 1)), strict=True):
        assert torch.allclose(found.abs(), bands[start[0] :: 2, start[1] :: 2].abs(), atol=1e-9)


def test_haar_is_sums_and_differences_of_pairs():
    low, details = HAAR.split(torch.tensor([[[[1.0, 3.0], [5.0, 11.0]]]]))
    assert low.item() == 5 and details.flatten().tolist() == [2.0, 3.0, 1.0]
