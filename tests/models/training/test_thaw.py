"""What was frozen thaws to what it was."""

import numpy as np
import pytest
import torch

from wlc.freezing import running_model
from wlc.models import scale_nets, weights
from wlc.models.integer_layers import TrainableConv
from wlc.models.training.thaw import thawed


@pytest.mark.parametrize("which", ["tiny", "photo"])
def test_frozen_again_it_is_the_same(which, tiny_training):
    path = tiny_training.weights if which == "tiny" else weights.SHIPPED / "photo.safetensors"
    read = weights.read(path)
    model = thawed(read)
    averaged = {f"average.{name}": tensor for name, tensor in model.state_dict().items()}
    again = running_model(averaged, read.config).state_dict()
    kept = {k: v for k, v in read.arrays.items() if k not in (weights.FREQUENCIES, weights.REACH)}
    assert set(again) == set(kept)
    for name, array in kept.items():
        assert np.array_equal(again[name].numpy(), array), name


def test_it_can_be_trained(tiny_training):
    model = thawed(weights.read(tiny_training.weights))
    layers = [layer for layer in model.modules() if isinstance(layer, TrainableConv)]
    assert layers and all(parameter.requires_grad for parameter in model.parameters())
    context = model.scale_nets.start(torch.tensor([100]), 8, 8)
    context.first().sum().backward()
    assert model.scale_nets.nets[0].first.enter.weight.grad.abs().sum() > 0
    assert scale_nets.TABLES == 64


def test_only_lossy_models_thaw():
    with pytest.raises(ValueError, match="not a lossy model"):
        thawed(weights.read(weights.SHIPPED / "lossless.safetensors"))
