"""The squeeze against its formula, and what rounding is while training and while not."""

import numpy as np
import pytest
import torch

from wlc.models.walloc.bottleneck import Round, ToNormal, ToUniform, largest_latent, normal_scale

from . import reference


@pytest.mark.parametrize("bits", [2, 4, 5, 8])
def test_the_formula(bits):
    limits = normal_scale(bits), largest_latent(bits)
    x = torch.linspace(-4, 4, 101, dtype=torch.float64) * limits[0]
    assert np.abs(ToUniform(*limits)(x).numpy() - reference.squeezed(x.numpy(), bits)).max() < 1e-9
    y = torch.linspace(-1.2, 1.2, 101, dtype=torch.float64) * limits[1]
    assert np.abs(ToNormal(*limits)(y).numpy() - reference.unsqueezed(y.numpy(), bits)).max() < 1e-9


@pytest.mark.parametrize("bits", [2, 5, 8])
def test_rounded_latents_fit_their_bits(bits):
    """All but one number of the range are used: it is as wide below zero as above."""
    squeeze = ToUniform(normal_scale(bits), largest_latent(bits))
    reached = squeeze(torch.linspace(-1e4, 1e4, 200_001)).round()
    most = 2 ** (bits - 1) - 1
    assert (reached.min(), reached.max()) == (-most, most)


@pytest.mark.parametrize("bits", [4, 8])
def test_one_undoes_the_other(bits):
    limits = normal_scale(bits), largest_latent(bits)
    x = torch.linspace(-3, 3, 61) * limits[0]
    assert torch.allclose(ToNormal(*limits)(ToUniform(*limits)(x)), x, rtol=1e-3, atol=1e-4)


def test_eval_rounds_and_train_adds_noise():
    x = torch.linspace(-3, 3, 10_001)
    step = Round().eval()
    assert torch.equal(step(x), x.round())
    noise = step.train()(x) - x
    assert noise.abs().max() <= 0.5 + 1e-6 and noise.mean().abs() < 0.02
    assert noise.square().mean().item() == pytest.approx(1 / 12, rel=0.05)
    assert not torch.equal(step(x) - x, noise)


@pytest.mark.parametrize("bits", [-1, 0, 1, 17])
def test_bits_that_make_no_sense(bits):
    with pytest.raises(ValueError, match="2 to 16 bits"):
        largest_latent(bits)
