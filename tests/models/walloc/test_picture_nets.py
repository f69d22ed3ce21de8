"""Encoder and decoder against diffusers itself, where that is installed; `test_codecs` has them against a reference."""

import pytest
import torch

from wlc.models.walloc.picture_nets import Decoder, Encoder

COMMON = {"block_out_channels": (64,), "layers_per_block": 2, "norm_num_groups": 32, "act_fn": "silu"}


@pytest.fixture(scope="module")
def autoencoder_kl():
    return pytest.importorskip("diffusers.models.autoencoders.autoencoder_kl")


def assert_same(ours: torch.nn.Module, theirs: torch.nn.Module, inputs: int) -> None:
    ours.load_state_dict(theirs.state_dict())
    x = torch.randn(2, inputs, 6, 10)
    with torch.no_grad():
        assert (ours(x) - theirs(x)).abs().max() < 1e-5


def test_encoder_is_that_of_diffusers(autoencoder_kl):
    kinds = {"down_block_types": ("DownEncoderBlock2D",), "double_z": False}
    assert_same(Encoder(48, 12, 64), autoencoder_kl.Encoder(in_channels=48, out_channels=12, **kinds, **COMMON), 48)


def test_decoder_is_that_of_diffusers(autoencoder_kl):
    kinds = {"up_block_types": ("UpDecoderBlock2D",)}
    assert_same(Decoder(12, 48, 64), autoencoder_kl.Decoder(in_channels=12, out_channels=48, **kinds, **COMMON), 12)


@pytest.mark.parametrize("width", [0, 31, 40])
@pytest.mark.parametrize("net", [Encoder, Decoder])
def test_widths_are_multiples_of_the_groups(net, width):
    with pytest.raises(ValueError, match="multiple of 32"):
        net(12, 48, width)
