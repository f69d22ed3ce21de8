"""Random checkpoints in the published layout, written out here name by name and not taken from our modules."""

from collections.abc import Callable

import pytest
import pywt
import torch

# Latents should differ, and samples stay where they are not clamped.
_LOUDNESS = {
    "encoder.0.weight": 30,
    "encoder.0.conv_out.weight": 10,
    "decoder.0.conv_out.weight": 0.1,
    "decoder.1.conv_out.weight": 0.1,
    "decoder.1.conv2.weight_g": 0.004,
}
Tensors = dict[str, torch.Tensor]
Shapes = dict[str, tuple[int, ...]]


def _conv(name: str, *shape: int) -> Shapes:
    return {f"{name}.weight": shape, f"{name}.bias": shape[:1]}


def _norm(name: str, width: int) -> Shapes:
    return {f"{name}.weight": (width,), f"{name}.bias": (width,)}


def _kl_net(net: str, inputs: int, outputs: int, width: int, blocks: str, resnets: int) -> Shapes:
    shapes = _conv(f"{net}.conv_in", width, inputs, 3, 3)
    places = [f"{net}.{blocks}.0.resnets.{i}" for i in range(resnets)]
    for place in [*places, f"{net}.mid_block.resnets.0", f"{net}.mid_block.resnets.1"]:
        for i in (1, 2):
            shapes |= _norm(f"{place}.norm{i}", width) | _conv(f"{place}.conv{i}", width, width, 3, 3)
    attention = f"{net}.mid_block.attentions.0"
    shapes |= _norm(f"{attention}.group_norm", width)
    for linear in ("to_q", "to_k", "to_v", "to_out.0"):
        shapes |= _conv(f"{attention}.{linear}", width, width)
    return shapes | _norm(f"{net}.conv_norm_out", width) | _conv(f"{net}.conv_out", outputs, width, 3, 3)


def _normed(name: str, first: int, second: int, taps: int, biases: int) -> Shapes:
    shapes = {f"{name}.weight_g": (first, 1, 1), f"{name}.weight_v": (first, second, taps)}
    return shapes | ({f"{name}.bias": (biases,)} if biases else {})


def _snake(name: str, width: int) -> Shapes:
    return {f"{name}.alpha": (1, width, 1), f"{name}.beta": (1, width, 1)}


def _units(name: str, width: int) -> Shapes:
    shapes: Shapes = {}
    for i in (1, 2, 3):
        unit = f"{name}.res_unit{i}"
        shapes |= _snake(f"{unit}.snake1", width) | _normed(f"{unit}.conv1", width, width, 7, width)
        shapes |= _snake(f"{unit}.snake2", width) | _normed(f"{unit}.conv2", width, width, 1, width)
    return shapes


def _oobleck_encoder(net: str, inputs: int, latent: int, width: int) -> Shapes:
    shapes = _normed(f"{net}.conv1", latent, inputs, 7, latent)
    for i, (before, after) in enumerate([(latent, width), (width, width)]):
        block = f"{net}.block.{i}"
        shapes |= _units(block, before) | _snake(f"{block}.snake1", before)
        shapes |= _normed(f"{block}.conv1", after, before, 2, after)
    return shapes | _snake(f"{net}.snake1", width) | _normed(f"{net}.conv2", latent, width, 3, latent)


def _oobleck_decoder(net: str, latent: int, outputs: int, width: int) -> Shapes:
    shapes = _normed(f"{net}.conv1", width, latent, 7, width)
    for i, (before, after) in enumerate([(width, width), (width, latent)]):
        block = f"{net}.block.{i}"
        shapes |= _units(block, after) | _snake(f"{block}.snake1", before)
        shapes |= _normed(f"{block}.conv_t1", before, after, 2, after)
    return shapes | _snake(f"{net}.snake1", latent) | _normed(f"{net}.conv2", outputs, latent, 7, 0)


def _filled(shapes: Shapes, seed: int) -> Tensors:
    """Spread so that signals neither die nor explode on their way, and all that is added makes a difference."""
    draw = torch.Generator().manual_seed(seed)
    tensors = {}
    for name, shape in shapes.items():
        x = torch.randn(shape, generator=draw)
        if name.endswith("weight_g") or (len(shape) == 1 and "norm" in name and name.endswith("weight")):
            x = 1 + 0.2 * x
        elif len(shape) > 1 and not name.endswith(("alpha", "beta")):
            x = x / torch.tensor(shape[1:]).prod().sqrt()
        else:
            x = 0.2 * x
        tensors[name] = x
    return {name: x * _LOUDNESS.get(name, 1) for name, x in tensors.items()}


def _filters(axes: int) -> Tensors:
    """The buffers of the two transforms."""
    bank = pywt.Wavelet("bior4.4")
    taps = {
        "wt.h0": bank.dec_lo[::-1],
        "wt.h1": bank.dec_hi[::-1],
        "iwt.g0": bank.rec_lo,
        "iwt.g1": bank.rec_hi,
    }
    if axes == 1:
        return {name: torch.tensor(values).view(1, 1, 10) for name, values in taps.items()}
    columns = {f"{name}_col": torch.tensor(values).view(1, 1, 10, 1) for name, values in taps.items()}
    return columns | {f"{name}_row": torch.tensor(values).view(1, 1, 1, 10) for name, values in taps.items()}


@pytest.fixture(scope="session")
def picture_tensors() -> Callable[..., Tensors]:
    """A Codec2D's."""

    def make(channels: int, J: int, latent_dim: int, width: int, light: bool, seed: int = 0) -> Tensors:
        packets = channels * 4**J
        if light:
            encoder = _conv("encoder.0", latent_dim, packets, 1, 1)
        else:
            encoder = _kl_net("encoder.0", packets, latent_dim, width, "down_blocks", 2)
        decoder = _kl_net("decoder.1", latent_dim, packets, width, "up_blocks", 3)
        return _filled(encoder | decoder, seed) | _filters(2)

    return make


@pytest.fixture(scope="session")
def first_picture_tensors() -> Callable[..., Tensors]:
    """A Walloc's."""

    def make(channels: int, J: int, latent_dim: int, width: int, seed: int = 0) -> Tensors:
        packets = channels * 4**J
        encoder = _kl_net("encoder.0", packets, latent_dim, width, "down_blocks", 2)
        decoder = _kl_net("decoder.0", latent_dim, packets, width, "up_blocks", 3)
        return _filled(encoder | decoder, seed) | _filters(2)

    return make


@pytest.fixture(scope="session")
def sound_tensors() -> Callable[..., Tensors]:
    """A Codec1D's."""

    def make(channels: int, J: int, latent_dim: int, width: int, light: bool, post: bool, seed: int = 0) -> Tensors:
        packets = channels * 2**J
        if light:
            encoder = _conv("encoder.0", latent_dim, packets, 1)
        else:
            encoder = _oobleck_encoder("encoder.0", packets, latent_dim, width)
        after = _conv("post", channels, channels, 129) if post else {}
        return _filled(encoder | _oobleck_decoder("decoder.1", latent_dim, packets, width) | after, seed) | _filters(1)

    return make
