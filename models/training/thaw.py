"""Finished weights made trainable again: the checkpoint that they were frozen from need not be at hand.

Freezing rounds the weights of the integer nets to 8 bits and leaves everything else as it was. What comes back differs
from the checkpoint by that rounding, which training sees in any case; frozen again, it gives the same numbers.
"""

import torch

from ..integer_layers import IntConv, TrainableConv
from ..lossy import LossyConfig, LossyModel
from ..runtime import build
from ..weights import LOSSY, Weights


@torch.no_grad()
def thawed(weights: Weights) -> LossyModel:
    """A trainable lossy model that computes what these weights compute."""
    if weights.kind != LOSSY:
        raise ValueError(f"{weights.name!r} is not a lossy model")
    frozen = build(weights)
    model = LossyModel(LossyConfig.from_dict(weights.config), TrainableConv)
    model.load_state_dict({k: v for k, v in frozen.state_dict().items() if k in model.state_dict()}, strict=False)
    for name, layer in frozen.named_modules():
        if isinstance(layer, IntConv):
            _thaw(layer, model.get_submodule(name))
    return model


def _thaw(layer: IntConv, trainable: TrainableConv) -> None:
    """The way back from `TrainableConv.export`."""
    unit = trainable.unit.double()
    factor = torch.exp2(-layer.shift.double())
    to_units = (factor * trainable.UNIT / unit).view(-1, 1, 1, 1)
    trainable.weight.copy_(layer.weight.double() * to_units)
    trainable.bias.copy_((layer.bias.double() * factor - 0.5) / unit)
