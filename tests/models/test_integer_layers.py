"""Convolutions on integers: refused when they could be inexact, and the same on every path when they are not."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from wlc.models.integer_layers import (
    ACCUMULATOR_LIMIT,
    ACTIVATION_MAX,
    WEIGHT_MAX,
    IntConv,
    TrainableConv,
    export_into,
    prepare_all,
)


def filled(inputs: int, outputs: int, kernel: int = 1, groups: int = 1) -> IntConv:
    layer = IntConv(inputs, outputs, kernel, groups)
    layer.weight.copy_(torch.randint(-WEIGHT_MAX, WEIGHT_MAX + 1, layer.weight.shape))
    layer.bias.copy_(torch.randint(-100_000, 100_000, (outputs,)))
    layer.shift.copy_(torch.randint(0, 13, (outputs,)))
    return layer


def in_whole_numbers(layer: IntConv, x: torch.Tensor) -> torch.Tensor:
    """The definition, in int64 and without a convolution."""
    weight, bias, shift = (t.numpy().astype(np.int64) for t in (layer.weight, layer.bias, layer.shift))
    margin = layer.kernel // 2
    padded = np.pad(x.numpy().astype(np.int64), [(0, 0), (0, 0), (margin, margin), (margin, margin)])
    height, width = x.shape[-2:]
    result = np.zeros((len(x), len(weight), height, width), np.int64)
    inputs, outputs = weight.shape[1], len(weight) // layer.groups
    for o in range(len(weight)):
        start = o // outputs * inputs
        for i, row, column in np.ndindex(*weight.shape[1:]):
            window = padded[:, start + i, row : row + height, column : column + width]
            result[:, o] += weight[o, i, row, column] * window
    return torch.from_numpy((result + bias[:, None, None]) >> shift[:, None, None])


@pytest.mark.parametrize("shape", [(70, 9, 1, 1), (12, 12, 3, 12), (6, 4, 3, 2)])
def test_equals_whole_number_arithmetic(shape):
    layer = filled(*shape)
    layer.prepare()
    x = torch.randint(0, ACTIVATION_MAX + 1, (2, shape[0], 7, 10)).float()
    assert torch.equal(layer(x).long(), in_whole_numbers(layer, x))


@pytest.mark.filterwarnings("ignore:TF32 acceleration")
@pytest.mark.parametrize("shape", [(250, 32, 1, 1), (48, 48, 3, 48)])
def test_the_same_on_every_path(shape):
    layer = filled(*shape)
    layer.prepare()
    x = torch.randint(0, ACTIVATION_MAX + 1, (3, shape[0], 16, 24)).float()
    expected = layer.double()(x.double())
    layer.float()
    for threads in (1, 2):
        torch.set_num_threads(threads)
        for onednn in (True, False):
            for memory in (torch.contiguous_format, torch.channels_last):
                with torch.backends.mkldnn.flags(enabled=onednn):
                    layer.to(memory_format=memory)
                    result = layer(x.contiguous(memory_format=memory))
                    one_by_one = torch.cat([layer(part) for part in x.split(1)])
                assert torch.equal(result.double(), expected)
                assert torch.equal(one_by_one.double(), expected)


def test_every_shift_is_a_power_of_two():
    """An inexact power would push multiples of it below themselves, and the floor would make that a whole integer."""
    layer = IntConv(1, 21)
    layer.weight.fill_(1)
    layer.shift.copy_(torch.arange(21))
    layer.prepare()
    for multiple in (-7, -1, 1, 5):
        layer.bias.copy_(multiple * 2.0 ** torch.arange(21))
        layer.prepare()
        assert torch.equal(layer(torch.zeros(1, 1, 1, 1)).flatten(), torch.full((21,), float(multiple)))
        below = layer.bias - 1
        layer.bias.copy_(below)
        layer.prepare()
        expected = torch.from_numpy(below.numpy().astype(np.int64) >> np.arange(21))
        assert torch.equal(layer(torch.zeros(1, 1, 1, 1)).flatten().long(), expected)


def just_within() -> IntConv:
    """The largest accumulator that the proof lets pass: 127 * 518 * 255 and a bias that fills the rest."""
    layer = IntConv(518, 2)
    layer.weight.fill_(WEIGHT_MAX)
    layer.bias.fill_(ACCUMULATOR_LIMIT - 1 - 518 * WEIGHT_MAX * ACTIVATION_MAX)
    layer.prepare()
    return layer


def test_the_largest_accumulator_is_exact():
    layer = just_within()
    full = torch.full((1, 518, 2, 2), float(ACTIVATION_MAX))
    assert torch.equal(layer(full), torch.full((1, 2, 2, 2), ACCUMULATOR_LIMIT - 1.0))


@pytest.mark.parametrize("sign", [1, -1])
def test_one_more_is_refused(sign):
    layer = just_within()
    layer.weight.mul_(sign)
    layer.bias.mul_(sign)[1] += sign
    with pytest.raises(ValueError, match="2\\^24"):
        layer.prepare()


@pytest.mark.parametrize("name", ["weight", "bias", "shift"])
@pytest.mark.parametrize("value", [0.5, float("nan"), float("inf")])
def test_what_is_no_integer_is_refused(name, value):
    layer = filled(4, 3)
    getattr(layer, name).view(-1)[1] = value
    with pytest.raises(ValueError):
        layer.prepare()


@pytest.mark.parametrize("shift", [-1, 21])
def test_shifts_out_of_range_are_refused(shift):
    layer = filled(4, 3)
    layer.shift[2] = shift
    with pytest.raises(ValueError, match="shift"):
        layer.prepare()


def exported(trained: TrainableConv, inputs: int, outputs: int) -> IntConv:
    layer = IntConv(inputs, outputs, trained.kernel, trained.groups)
    layer.load_state_dict(trained.export())
    layer.prepare()
    return layer


@torch.no_grad()
@pytest.mark.parametrize("shape", [(30, 8, 1, 1), (8, 8, 3, 8)])
def test_export_computes_what_was_trained(shape):
    """With a bias that the integers can hold, exactly; with any other, off by one at most, and hardly ever."""
    trained = TrainableConv(*shape)
    x = torch.randint(0, ACTIVATION_MAX + 1, (2, shape[0], 9, 11)).float()
    trained.bias.copy_(torch.randint(-40, 40, (shape[1],)) / TrainableConv.UNIT)
    assert torch.equal(exported(trained, *shape[:2])(x), trained(x))
    trained.bias.copy_(torch.randn(shape[1]))
    off = (exported(trained, *shape[:2])(x) - trained(x)).abs()
    assert off.max() <= 1 and off.mean() < 0.02


@torch.no_grad()
def test_a_head_is_trained_unrounded():
    trained = TrainableConv(20, 6, unit=1 / 0.127)
    trained.bias.copy_(torch.randn(6))
    x = torch.randint(0, ACTIVATION_MAX + 1, (2, 20, 5, 5)).float()
    raw = trained(x)
    assert not torch.equal(raw, raw.round())
    assert (exported(trained, 20, 6)(x) - raw).abs().max() <= 0.5 + 0.01


@torch.no_grad()
def test_export_gives_way_before_an_accumulator_overflows():
    """Many large weights: fewer bits of each are kept, and the result stays as close as they allow."""
    trained = TrainableConv(4000, 2)
    trained.weight.fill_(0.9)
    trained.bias.zero_()
    layer = exported(trained, 4000, 2)
    assert layer.shift.max() < trained._scaled()[1].min()
    x = torch.full((1, 4000, 1, 1), 10.0)
    assert layer(x).flatten().tolist() == pytest.approx([36_000] * 2, rel=0.03)


def test_gradients_pass_straight_through_the_rounding():
    """They are those of the same layer without rounding, whose slope is not zero."""
    trained = TrainableConv(5, 4, 3)
    x = torch.randint(0, ACTIVATION_MAX + 1, (1, 5, 6, 6)).float().requires_grad_()
    towards = torch.randn(1, 4, 6, 6)
    by_mode = {}
    for trained.rounding in (True, False):
        parameters = [x, trained.weight, trained.bias]
        by_mode[trained.rounding] = torch.autograd.grad((trained(x) * towards).sum(), parameters)
    for with_rounding, without in zip(by_mode[True][1:], by_mode[False][1:], strict=True):
        assert with_rounding.abs().min() > 0
        assert torch.allclose(with_rounding, without, rtol=1e-4, atol=1e-2)
    assert torch.allclose(by_mode[True][0], by_mode[False][0], atol=0.05)  # by the rounded weights


@torch.no_grad()
def test_the_float_twin_is_an_ordinary_convolution():
    trained = TrainableConv(6, 3)
    trained.bias.copy_(torch.randn(3))
    trained.rounding = False
    x = torch.rand(1, 6, 4, 4) * 255
    expected = F.conv2d(x, trained.weight, trained.bias * TrainableConv.UNIT)
    assert torch.allclose(trained(x), expected)
    trained.rounding = True
    assert torch.equal(trained(x), trained(x).round())
    assert (trained(x) - expected).abs().max() < 6 * 255 * 0.01 + 0.5


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("planar", [False, True])
def test_mixed_is_the_layer_of_parts_side_by_side(batch, planar):
    layer = filled(70, 9)
    layer.prepare()
    x = torch.randint(0, ACTIVATION_MAX + 1, (batch, 70, 7, 10)).float()
    expected = in_whole_numbers(layer, x)
    last = torch.channels_last
    for sizes in ([70], [30, 40], [1, 68, 1]):
        parts = x.split(sizes, dim=1)
        for some in (parts, [part.contiguous(memory_format=last) for part in parts], [part.clone() for part in parts]):
            result = layer.mixed(*some, planar=planar)
            assert torch.equal(result.long(), expected)
            assert result[0, 0].is_contiguous() if planar else result.is_contiguous(memory_format=last)
    assert torch.equal(x, torch.cat(x.split([30, 40], dim=1), dim=1))  # nothing was done in place to what is mixed


@torch.no_grad()
def test_mixed_in_training_is_the_same():
    trained = TrainableConv(20, 6)
    x = torch.randint(0, ACTIVATION_MAX + 1, (2, 20, 5, 5)).float()
    assert torch.equal(trained.mixed(*x.split([3, 17], dim=1)), trained(x))
    assert torch.equal(exported(trained, 20, 6).mixed(*x.split([3, 17], dim=1), planar=True), trained(x))


@torch.no_grad()
def test_each_channel_may_have_a_unit_of_its_own():
    """An output of 1 is 256 here, 16 there: as if each were a layer by itself."""
    units = [256.0, 16.0, 1 / 0.127]
    together = TrainableConv(12, 3, unit=units)
    together.bias.copy_(torch.randn(3))
    x = torch.randint(0, ACTIVATION_MAX + 1, (1, 12, 5, 5)).float()
    integers = exported(together, 12, 3)(x)
    assert (integers - together(x)).abs().max() <= 0.5 + 0.02
    for channel, unit in enumerate(units):
        alone = TrainableConv(12, 1, unit=unit)
        alone.weight.copy_(together.weight[channel : channel + 1])
        alone.bias.copy_(together.bias[channel : channel + 1])
        assert torch.allclose(alone(x), together(x)[:, channel : channel + 1])
        assert torch.equal(exported(alone, 12, 1)(x), integers[:, channel : channel + 1])


def test_a_net_is_exported_and_proven_layer_by_layer():
    trained = torch.nn.Sequential(TrainableConv(6, 5), torch.nn.Sequential(TrainableConv(5, 5, 3, 5)))
    exact = torch.nn.Sequential(IntConv(6, 5), torch.nn.Sequential(IntConv(5, 5, 3, 5)))
    export_into(exact, trained)
    for name in ("0", "1.0"):
        expected = trained.get_submodule(name).export()
        assert all(torch.equal(tensor, expected[k]) for k, tensor in exact.get_submodule(name).state_dict().items())
        assert exact.get_submodule(name).scaled_weight.any()
    exact[1][0].bias[2] = ACCUMULATOR_LIMIT
    with pytest.raises(ValueError, match="2\\^24"):
        prepare_all(exact)
