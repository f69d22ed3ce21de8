"""Encoder and decoder against diffusers itself, where that is installed; `test_codecs` has them against a reference."""

import warnings

import pytest
import torch

from wlc.models.walloc.sound_nets import SoundDecoder, SoundEncoder


@pytest.fixture(scope="module")
def oobleck():
    return pytest.importorskip("diffusers.models.autoencoders.autoencoder_oobleck")


def assert_same(ours: torch.nn.Module, theirs: torch.nn.Module, inputs: int) -> None:
    ours.load_state_dict(theirs.state_dict())
    x = torch.randn(2, inputs, 40)
    with torch.no_grad():
        assert (ours(x) - theirs(x)).abs().max() < 1e-5


def test_encoder_is_that_of_diffusers(oobleck):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the kind of weight norm that it uses
        theirs = oobleck.OobleckEncoder(8, 32, downsampling_ratios=[1, 1], channel_multiples=[2, 2])
    assert_same(SoundEncoder(32, 8, 16), theirs, 32)


def test_decoder_is_that_of_diffusers(oobleck):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = oobleck.OobleckDecoder(8, 8, 32, upsampling_ratios=[1, 1], channel_multiples=[2, 2])
    assert_same(SoundDecoder(8, 32, 16), theirs, 8)


def test_lengths():
    x = torch.randn(1, 32, 20)
    latent = SoundEncoder(32, 8, 16)(x)
    assert latent.shape == (1, 8, 22) and SoundDecoder(8, 32, 16)(latent).shape == x.shape


def test_widths():
    assert SoundDecoder(8, 32, 23).conv1.weight.shape == (16, 8, 7)
    with pytest.raises(ValueError, match="at least the 8 channels"):
        SoundEncoder(32, 8, 7)
