"""Tiles drawn from the prior of a variational model."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from wlc.autoencoder_freezing import tables_from
from wlc.bitstream.errors import LimitExceeded, ModelNotFound, WlcError
from wlc.bitstream.limits import Limits
from wlc.freezing import write_weights
from wlc.models import weights
from wlc.models.microscopy import Microscopy, MicroscopyConfig
from wlc.new_tiles import new_tiles


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An untrained variational model, with rounding steps of a twentieth, where wlc finds it."""
    torch.manual_seed(1)
    folder = tmp_path_factory.mktemp("models")
    model = Microscopy(MicroscopyConfig((8, 8, 4), (1, 1, 0), 1, variational=True))
    model.look_at(torch.tensor([1.0, 0.0, 1.0]), torch.tensor([[0.6, 0.8, 0.0]]), 0.5)
    torch.nn.init.constant_(model.log_gain, np.log(20))
    notes = {"kind": weights.MICROSCOPY, "config": json.dumps(model.config.as_dict())}
    write_weights(folder / "stains.safetensors", model.eval(), tables_from(model, []), notes, lambda line: None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(weights.SEARCH_PATH, os.pathsep.join([str(folder), os.environ.get(weights.SEARCH_PATH, "")]))
        yield folder


def drawn(**asked) -> np.ndarray:
    return np.asarray(new_tiles("stains", device="cpu", **asked)).astype(int)


def test_a_seed_decides():
    assert np.array_equal(drawn(seed=3, size=50), drawn(seed=3, size=50))
    assert not np.array_equal(drawn(seed=3, size=50), drawn(seed=4, size=50))


def test_many_on_one_picture():
    """Line by line, and a seed's first ones whatever their number."""
    several = drawn(seed=3, size=50, count=5)
    assert several.shape == (100, 150, 3)
    assert np.array_equal(several[:50, :50], drawn(seed=3, size=50))
    assert not np.array_equal(several[:50, 50:100], several[:50, :50])
    assert (several[50:, 100:] == 255).all() and not (several[50:, 50:100] == 255).all()


def test_the_prior_is_what_it_was_in_training():
    """Straight paths alone: colours stray from the mean by as much as the code's unit says, whatever the steps are."""
    model = Microscopy(MicroscopyConfig((8, 8, 4), (1, 1, 0), 1, variational=True)).eval()
    model.look_at(torch.tensor([1.0, 0.0, 1.0]), torch.tensor([[0.6, 0.8, 0.0]]), 0.5)
    with torch.no_grad():
        strewn = model.decoded(torch.randn(1, 1, 300, 300))
    samples = drawn(size=400)
    for channel in range(3):
        assert samples[..., channel].mean() == pytest.approx(strewn[0, channel].mean().item(), abs=2)
        assert samples[..., channel].std() == pytest.approx(strewn[0, channel].std().item(), abs=1)


@pytest.mark.parametrize("model", ["microscopy", "photo", "walloc", "wae"])
def test_models_that_cannot(model):
    with pytest.raises(WlcError, match=f"the model '{model}' cannot make new tiles; those can that were trained with"):
        new_tiles(model)


def test_what_is_refused():
    with pytest.raises(ModelNotFound, match="no model named 'nobody'"):
        new_tiles("nobody")
    with pytest.raises(LimitExceeded, match="5 tiles of 10x10 are above the limit of 599 pixels"):
        drawn(count=5, size=10, limits=Limits(pixels=599))
    assert drawn(count=5, size=10, limits=Limits(pixels=600)).shape == (20, 30, 3)
