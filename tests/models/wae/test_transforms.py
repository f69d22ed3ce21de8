import numpy as np
import pytest
import torch

from wlc.models import weights
from wlc.models.wae import strips, transforms
from wlc.models.wae.energy import high_share
from wlc.models.wae.nets import to_unit


def test_the_shipped_transform_keeps_the_picture_and_leaves_little_in_the_high_half(draw):
    model, fingerprint = transforms.learned()
    assert len(fingerprint) == 8
    picture = to_unit(torch.from_numpy(draw(96, 128))).permute(2, 0, 1)
    with torch.inference_mode():
        low, high = strips.split(model, picture)
        both, alone = (strips.merge(model, low, part) for part in (high, torch.zeros_like(high)))
    errors = [(back - picture).square().mean().item() for back in (both, alone)]
    assert 10 * np.log10(4 / errors[0]) > 28 and errors[0] < 0.6 * errors[1]
    haar_low, haar_high = strips.split(transforms.fixed(transforms.HAAR), picture)
    assert high_share(low, high) < 0.5 * high_share(haar_low, haar_high)


def test_weights_that_are_something_else():
    with pytest.raises(ValueError, match="no weights named 'nobody'"):
        transforms.learned("nobody")
    with pytest.raises(ValueError, match="photo.safetensors does not hold a wavelet-like auto-encoder"):
        transforms.learned("photo")


def test_it_is_not_among_the_weights_that_make_files():
    assert (weights.SHIPPED / "wae.safetensors").exists()
    assert "wae" not in weights.installed().values() and "photo" in weights.installed().values()
