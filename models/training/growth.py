"""A larger model that begins by computing what a smaller, trained one computes: nothing learned is lost by growing."""

import json
from pathlib import Path

import torch
from torch import nn

from ..correction_net import Block
from ..lossy import LossyModel
from ..scale_nets import Look
from . import checkpoint


def grow_from(directory: Path, model: LossyModel) -> None:
    """Copy the averaged weights of the checkpoint in `directory` into `model`, which may have more blocks and looks.

    The added ones are residual: with their last layers at zero they pass everything on unchanged.
    """
    found = checkpoint.load(directory)
    if found is None:
        raise ValueError(f"there is no checkpoint in {directory} to grow from")
    tensors, notes = found
    smaller = {k.removeprefix("average."): v for k, v in tensors.items() if k.startswith("average.")}
    own = model.state_dict()
    misfits = [name for name, tensor in smaller.items() if name not in own or own[name].shape != tensor.shape]
    if misfits:
        sizes = json.loads(notes["config"])
        raise ValueError(f"only blocks and looks can be added to a model of {sizes}; {misfits[0]} does not fit")
    model.load_state_dict(smaller, strict=False)
    for name, module in model.named_modules():
        if isinstance(module, (Block, Look)) and not any(key.startswith(name + ".") for key in smaller):
            _pass_on(module)


@torch.no_grad()
def _pass_on(module: Block | Look) -> None:
    ends: list[nn.Module] = [module.mix, module.leave] if isinstance(module, Block) else [module.mix]
    for end in ends:
        end.weight.zero_()
        end.bias.zero_()
