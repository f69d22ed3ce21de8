from dataclasses import replace

import numpy as np
import pytest
import torch

from wlc.bitstream.tables import SymbolTables
from wlc.models import runtime, weights
from wlc.models.integer_layers import IntConv
from wlc.models.scale_nets import TABLES
from wlc.models.table_sets import SETS


@pytest.fixture(scope="module")
def tiny_weights(tiny_training) -> weights.Weights:
    return weights.read(tiny_training.weights)


def test_the_shipped_weights_are_sound():
    shipped = weights.read(weights.find_by_name(weights.DEFAULT))
    model = runtime.build(shipped)  # proves the integer layers
    assert not model.training
    tables = SymbolTables(shipped.arrays[weights.FREQUENCIES].astype(np.uint32), shipped.arrays[weights.REACH])
    assert len(tables) == SETS * TABLES
    costs = tables.bits()
    assert np.isfinite(costs).all() and costs.min() > 0
    for of_set in costs.reshape(SETS, TABLES, -1):
        assert (np.diff(of_set[:48, 0]) >= 0).mean() > 0.95  # a wider table makes a zero dearer; the widest saw few
    assert torch.equal(model.scale_nets.levels, model.scale_nets.levels.round())


def test_built_as_stored(tiny_weights):
    state = runtime.build(tiny_weights).state_dict()
    stored = {k: v for k, v in tiny_weights.arrays.items() if not k.startswith("tables.")}
    assert state.keys() == stored.keys()
    assert all(np.array_equal(state[name].numpy(), array) for name, array in stored.items())
    assert all(tensor.dtype == torch.float32 for tensor in state.values())


def with_array(tiny: weights.Weights, name: str, array: np.ndarray) -> weights.Weights:
    return replace(tiny, arrays={**tiny.arrays, name: array})


def test_integer_layers_are_stored_as_integers(tiny_weights):
    for name, array in tiny_weights.arrays.items():
        if name.startswith("scale_nets."):
            assert array.dtype.kind in "iu"


def test_an_accumulator_that_could_overflow_is_refused(tiny_weights):
    name = "scale_nets.nets.3.second.looks.0.mix.bias"
    unsafe = tiny_weights.arrays[name].copy()
    unsafe[1] = 2**24
    with pytest.raises(ValueError, match="2\\^24"):
        runtime.build(with_array(tiny_weights, name, unsafe))


def test_a_broken_number_is_refused(tiny_weights):
    name = "scale_nets.nets.0.first.enter.weight"
    broken = tiny_weights.arrays[name].astype(np.float32)
    broken.flat[0] += 0.5
    with pytest.raises(ValueError, match="integer"):
        runtime.build(with_array(tiny_weights, name, broken))


def test_every_integer_layer_is_looked_at(tiny_weights):
    layers = [n for n, m in runtime.build(tiny_weights).named_modules() if isinstance(m, IntConv)]
    assert len(layers) == 48
    for layer in layers:
        name = f"{layer}.shift"
        with pytest.raises(ValueError, match="shift"):
            runtime.build(with_array(tiny_weights, name, tiny_weights.arrays[name] - np.int8(100)))


def test_missing_arrays_are_refused(tiny_weights):
    arrays = dict(tiny_weights.arrays)
    del arrays["gains.log"]
    with pytest.raises(RuntimeError, match="gains.log"):
        runtime.build(replace(tiny_weights, arrays=arrays))


def test_no_shortcuts_in_arithmetic():
    torch.backends.cudnn.allow_tf32 = True
    runtime.exact_arithmetic()
    assert not torch.backends.cudnn.allow_tf32 and not torch.backends.cuda.matmul.allow_tf32
