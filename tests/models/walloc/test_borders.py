"""Any size comes back, with the picture in the middle."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from wlc.models.walloc import crop, pad


@given(st.integers(9, 40), st.integers(9, 40), st.sampled_from([1, 2, 8, 16]))
def test_crop_undoes_pad(height, width, multiple):
    x = torch.rand(1, 2, height, width)
    padded = pad(x, multiple)
    assert all(size % multiple == 0 for size in padded.shape[2:])
    assert all(0 <= after - before < multiple for after, before in zip(padded.shape[2:], x.shape[2:], strict=True))
    assert torch.equal(crop(padded, (height, width)), x)


def test_the_odd_place_is_at_the_end():
    x = torch.arange(5.0).view(1, 1, 1, 5).expand(1, 1, 8, 5)
    assert pad(x, 8)[0, 0, 0].tolist() == [1, 0, 1, 2, 3, 4, 3, 2]
    assert pad(x, 8, mode="replicate")[0, 0, 0].tolist() == [0, 0, 1, 2, 3, 4, 4, 4]


def test_what_fits_stays():
    x = torch.rand(1, 3, 16, 32)
    assert torch.equal(pad(x), x) and torch.equal(crop(x, (16, 32)), x)


def test_nothing_larger_can_be_cut_out():
    with pytest.raises(ValueError, match="cannot be cut"):
        crop(torch.rand(1, 3, 16, 16), (16, 17))
