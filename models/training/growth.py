"""A model that begins by computing what another, trained one computes, and may be larger: nothing learned is lost."""

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from .. import weights
from ..correction_net import Block
from ..lossy import LossyConfig, LossyModel
from ..scale_nets import Look
from . import checkpoint
from .thaw import thawed


@dataclass(frozen=True)
class Origin:
    """What to begin with: trained tensors, and the sizes of the nets that they fill."""

    tensors: dict[str, torch.Tensor]
    sizes: dict

    @property
    def config(self) -> LossyConfig:
        return LossyConfig.from_dict(self.sizes)


def origin_of(source: str | Path) -> Origin:
    """The averaged weights of the checkpoint in a folder, or finished weights by their name or path."""
    if Path(source).is_dir():
        found = checkpoint.load(Path(source))
        if found is None:
            raise ValueError(f"there is no checkpoint in {source} to begin with")
        tensors, notes = found
        if notes.get("kind", weights.LOSSY) != weights.LOSSY:
            raise ValueError(f"the checkpoint in {source} is not one of a lossy model")
        averaged = {k.removeprefix("average."): v for k, v in tensors.items() if k.startswith("average.")}
        return Origin(averaged, json.loads(notes["config"]))
    path = weights.find_by_name(str(source))
    if path is None:
        known = ", ".join(sorted(set(weights.installed().values()))) or "none"
        raise ValueError(f"{source} is neither a folder with a checkpoint nor one of the installed models: {known}")
    read = weights.read(path)
    return Origin(thawed(read).state_dict(), read.config)


def grow_from(source: str | Path, model: LossyModel) -> None:
    """Copy what is found there into `model`, which may have more blocks and looks.

    The added ones are residual: with their last layers at zero they pass everything on unchanged.
    """
    origin = origin_of(source)
    smaller, own = origin.tensors, model.state_dict()
    misfits = [name for name, tensor in smaller.items() if name not in own or own[name].shape != tensor.shape]
    if misfits:
        raise ValueError(f"only blocks and looks can be added to a model of {origin.sizes}; {misfits[0]} does not fit")
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
