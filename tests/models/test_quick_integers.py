"""Layers of bytes: the same integers as in float32, or not used at all."""

import pytest
import torch

from wlc.models import quick_integers
from wlc.models.integer_layers import ACTIVATION_MAX, WEIGHT_MAX, IntConv, TrainableConv, first_activations
from wlc.models.quick_integers import BYTE, ByteLayer, available, in_use
from wlc.models.scale_nets import Look

needed = pytest.mark.skipif(not available(), reason="this processor, or this torch, does not multiply bytes")


def filled(inputs: int, outputs: int, kernel: int = 1, groups: int = 1, largest: int = 100_000) -> IntConv:
    layer = IntConv(inputs, outputs, kernel, groups)
    layer.weight.copy_(torch.randint(-WEIGHT_MAX, WEIGHT_MAX + 1, layer.weight.shape))
    layer.weight[0] = WEIGHT_MAX
    layer.bias.copy_(torch.randint(-largest, largest, (outputs,)))
    layer.shift.copy_(torch.randint(0, 15, (outputs,)))
    layer.prepare()
    return layer


def activations(batch: int, channels: int, height: int = 7, width: int = 11) -> torch.Tensor:
    x = torch.randint(0, ACTIVATION_MAX + 1, (batch, channels, height, width)).float()
    x[:, :, 0] = ACTIVATION_MAX
    return x.contiguous(memory_format=torch.channels_last)


@needed
@torch.no_grad()
@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("sizes", [[70], [30, 40], [46, 64, 3], [1]])
@pytest.mark.parametrize("outputs", [1, 33])
def test_1x1_layers(batch, sizes, outputs):
    layer = filled(sum(sizes), outputs)
    assert layer.of_bytes is not None
    parts = [activations(batch, size) for size in sizes]
    parts[0] = parts[0].contiguous()  # a plane after the other
    of_bytes = [part.to(BYTE) for part in parts]
    for planar in (False, True):
        assert torch.equal(layer.mixed(*of_bytes, planar=planar), layer.mixed(*parts, planar=planar))
    found = layer.activated(*of_bytes)
    assert found.dtype == BYTE and found.is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(found.float(), layer.activated(*parts))


@needed
@torch.no_grad()
@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("shape", [(48, 48, 3, 48), (4, 32, 3, 4), (6, 4, 3, 2)])
def test_layers_that_look_around(batch, shape):
    layer, x = filled(*shape, largest=3000), activations(batch, shape[0])
    assert layer.of_bytes is not None
    assert torch.equal(layer.activated(x.to(BYTE)).float(), layer.activated(x))
    assert torch.equal(layer(x.to(BYTE)), layer(x))


@needed
@torch.no_grad()
def test_a_look():
    look, x = Look(20, IntConv), activations(2, 20)
    for layer in (look.around, look.mix):
        layer.weight.copy_(torch.randint(-30, 31, layer.weight.shape))
        layer.shift.fill_(6)
        layer.prepare()
    found = look(x.to(BYTE))
    assert found.dtype == BYTE and torch.equal(found.float(), look(x))
    assert len(found.unique()) > 50


@torch.no_grad()
@pytest.mark.parametrize("spoilt", ["shift", "bias"])
def test_what_bytes_could_not_hold_is_computed_in_float32(spoilt):
    layer, x = filled(8, 5), activations(1, 8)
    if spoilt == "shift":
        layer.shift[2] = 16
    else:
        layer.bias[2] = 2**23 + 2**15
    layer.prepare()
    assert layer.of_bytes is None
    for found, expected in (
        (layer.activated(x.to(BYTE)), layer.activated(x)),
        (layer.added_to(x[:, :5].to(BYTE), x.to(BYTE)), layer.added_to(x[:, :5], x)),
    ):
        assert found.dtype == BYTE and torch.equal(found.float(), expected)
    assert torch.equal(layer.mixed(x.to(BYTE)), layer.mixed(x))


@pytest.mark.filterwarnings("ignore:TF32 acceleration")
def test_who_begins_with_bytes():
    exact, trained = Look(4, IntConv), Look(4, TrainableConv)
    with torch.no_grad():
        assert first_activations(exact) == (BYTE if available() else torch.float32)
        assert first_activations(trained) == torch.float32
        with torch.backends.mkldnn.flags(enabled=False):
            assert not in_use() and first_activations(exact) == torch.float32
        with quick_integers.left_out():
            assert not in_use()
        assert in_use() == available()
    assert first_activations(exact) == torch.float32  # somebody may ask for slopes


@needed
def test_wrong_integers_are_noticed(monkeypatch):
    real = ByteLayer.activated
    monkeypatch.setattr(ByteLayer, "activated", lambda self, x: real(self, x).clamp(max=254))
    assert not available.__wrapped__()
    monkeypatch.setattr(ByteLayer, "activated", real)
    assert available.__wrapped__()


@needed
def test_another_torch_is_noticed(monkeypatch):
    for error in (AttributeError, RuntimeError, TypeError):

        def missing(*arguments: object, error: type[Exception] = error) -> None:
            raise error

        monkeypatch.setattr(ByteLayer, "_computed", missing)
        assert not available.__wrapped__()


def test_a_processor_that_cuts_sums_short_is_not_asked(monkeypatch):
    monkeypatch.setattr(quick_integers, "_multiplies_bytes", lambda: False)
    assert not available.__wrapped__()
