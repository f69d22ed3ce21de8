import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from wlc.bitstream.errors import ModelNotFound, WlcError
from wlc.loaded import by_fingerprint, by_name, lossless_by_name
from wlc.models import weights
from wlc.models.integer_layers import IntConv
from wlc.models.runtime import build
from wlc.models.sample_nets import SampleNets
from wlc.residuals import TABLE_COUNT

pytestmark = pytest.mark.usefixtures("tiny_lossless")


def test_each_kind_by_its_own_name():
    lossy, lossless = by_name(None, "cpu"), lossless_by_name(None, "cpu")
    assert (lossy.is_lossless, lossless.is_lossless) == (False, True)
    assert (lossy.name, lossless.name) == (weights.DEFAULT, weights.DEFAULT_LOSSLESS)
    assert by_fingerprint(lossless.fingerprint, "cpu") is lossless
    assert isinstance(lossless.model, SampleNets) and len(lossless.tables) == TABLE_COUNT


def test_the_other_kind_is_refused_in_a_sentence():
    with pytest.raises(WlcError, match="^the model 'lossless' makes lossless files only$"):
        by_name("lossless")
    with pytest.raises(WlcError, match="^the model 'photo' cannot make lossless files$"):
        lossless_by_name("photo")


def test_where_there_is_none(monkeypatch, tmp_path):
    monkeypatch.setattr(weights, "SHIPPED", tmp_path)
    monkeypatch.delenv(weights.SEARCH_PATH)
    with pytest.raises(ModelNotFound, match="no model named 'lossless'; installed: none"):
        lossless_by_name(None)


def changed(source: Path, target: Path, change: Callable[[dict], None], kind: str = "lossless") -> str:
    found = weights.read(source)
    arrays = {name: array.copy() for name, array in found.arrays.items()}
    change(arrays)
    save_file(arrays, target, metadata={**found.recipe, "config": json.dumps(found.config), "kind": kind})
    return str(target)


def test_weights_that_are_not_what_they_say(tiny_lossless, tmp_path):
    def nothing(arrays):
        pass

    def fewer_tables(arrays):
        for name in (weights.FREQUENCIES, weights.REACH):
            arrays[name] = arrays[name][:64]

    def unsafe(arrays):
        arrays["splits.0.1.enter.bias"][0] = 2**24

    def missing(arrays):
        del arrays["splits.0.0.enter.weight"]

    def fractions(arrays):
        arrays["splits.1.2.heads.2.name.weight"] = arrays["splits.1.2.heads.2.name.weight"].astype(np.float32) + 0.5

    def features(arrays):
        arrays["signed_levels"] = arrays["signed_levels"].astype(np.float32) - 0.5

    assert lossless_by_name(changed(tiny_lossless, tmp_path / "fine.safetensors", nothing)).is_lossless
    for change in (fewer_tables, unsafe, missing, fractions, features):
        path = changed(tiny_lossless, tmp_path / f"{change.__name__}.safetensors", change)
        with pytest.raises(WlcError, match="does not hold weights for this version"):
            lossless_by_name(path)
    with pytest.raises(WlcError, match="does not hold weights"):
        by_name(changed(tiny_lossless, tmp_path / "lossy.safetensors", nothing, kind="lossy"))


def test_built_as_stored(tiny_lossless):
    found = weights.read(tiny_lossless)
    state = build(found).state_dict()
    stored = {name: array for name, array in found.arrays.items() if not name.startswith("tables.")}
    assert state.keys() == stored.keys()
    assert all(np.array_equal(state[name].numpy(), array) for name, array in stored.items())
    assert all(array.dtype.kind in "iu" for array in stored.values())


def test_the_shipped_weights_are_sound():
    shipped = Path(weights.__file__).parent / "weights" / f"{weights.DEFAULT_LOSSLESS}.safetensors"
    if not shipped.is_file():
        pytest.skip("the weights for lossless files are not shipped yet")
    found = weights.read(shipped)
    model = build(found)  # proves the integer layers
    assert found.kind == weights.LOSSLESS and not model.training
    tables = lossless_by_name(str(shipped), "cpu").tables
    costs = tables.bits()
    assert len(tables) == TABLE_COUNT and np.isfinite(costs).all() and costs.min() > 0
    layers = [layer for layer in model.modules() if isinstance(layer, IntConv)]
    assert layers and all(torch.equal(layer.weight, layer.weight.round()) for layer in layers)
