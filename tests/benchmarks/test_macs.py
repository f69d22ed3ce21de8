"""Counts of a running codec against sums over the layers it is made of."""

import pytest
import torch
from PIL import Image

import wlc
from wlc.benchmarks.macs import with_kmac
from wlc.bitstream import range_coder
from wlc.loaded import by_name
from wlc.models import filters
from wlc.models.groups import GROUPS

SIDE = 64  # one chunk of the wavelet, one place of the coarsest grid
PIXELS = SIDE * SIDE
PLACES = PIXELS // 64  # of the 1/8 grid


def weights_of(module: torch.nn.Module) -> int:
    """Multiply-adds of its convolutions at one place."""
    tensors = module.state_dict().items()
    return sum(tensor.numel() for name, tensor in tensors if name.endswith("weight") and tensor.dim() == 4)


def transforms_by_hand() -> int:
    """Colours; a 64x64 matrix on both axes of three planes; three dyadic levels on 8x8, 4x4 and 2x2 places."""
    colours = 3 * 3 * PIXELS
    taps = filters.kernels("analysis").shape[-1]
    packets = 2 * 3 * SIDE * PIXELS
    pyramid = sum(2 * 3 * taps * side * side for side in (8, 4, 2))
    return colours + packets + pyramid


def scale_nets_by_hand() -> int:
    nets = by_name(None, "cpu").model.scale_nets.nets
    return sum(weights_of(net) * (PLACES >> 2 * group.shift) for net, group in zip(nets, GROUPS, strict=True))


@pytest.fixture
def picture(drawn) -> Image.Image:
    return drawn.crop((0, 0, SIDE, SIDE))


@pytest.mark.parametrize("coder", ["range", "webp"])
def test_wlc_computes_what_its_layers_say(picture, coder):
    if coder == "range" and not range_coder.available():
        pytest.skip("the package constriction is not installed")
    model = by_name(None, "cpu").model
    data, encoded = with_kmac(lambda: wlc.compress(picture, quality=50, coder=coder, device="cpu"), PIXELS)
    image, decoded = with_kmac(lambda: wlc.decompress(data, device="cpu"), PIXELS)
    assert image.size == picture.size

    encoder = transforms_by_hand() + weights_of(model.encoder_net) * PLACES + scale_nets_by_hand()
    decoder = transforms_by_hand() + weights_of(model.decoder_net) * PLACES
    decoder += scale_nets_by_hand() if coder == "range" else 0  # WebP pictures are read without nets
    assert encoded == pytest.approx(encoder / PIXELS / 1000)
    assert decoded == pytest.approx(decoder / PIXELS / 1000)


def test_a_single_layer():
    layer = torch.nn.Conv2d(8, 12, 3, padding=1, groups=4)
    _, kmac = with_kmac(lambda: layer(torch.zeros(1, 8, 10, 20)), 10 * 20)
    assert kmac == pytest.approx(12 * (8 // 4) * 9 / 1000)


def test_nothing_where_there_is_no_net(picture):
    assert with_kmac(picture.tobytes, PIXELS) == (picture.tobytes(), None)
