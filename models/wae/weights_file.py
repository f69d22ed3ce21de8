"""A trained transform, and a classifier if there is one, as a weights file."""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

from .. import weights
from .transforms import PREFIX

_NETS = "nets."


def save(target: Path, transform: nn.Module, nets: nn.Module | None, config: dict, recipe: dict[str, str]) -> None:
    """`config` has the sizes of the transform under that name, and of the nets what builds them."""
    parts = [(PREFIX, transform)] + ([(_NETS, nets)] if nets is not None else [])
    tensors = {
        prefix + name: tensor.detach().cpu().contiguous()
        for prefix, module in parts
        for name, tensor in module.state_dict().items()
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    notes = {**recipe, "kind": weights.WAE, "config": json.dumps(config, sort_keys=True)}
    save_file(tensors, target, metadata=notes)
    target.chmod(0o644)  # safetensors gives it to its owner alone


def nets_in(path: Path) -> dict[str, torch.Tensor]:
    """The classifier's tensors; none where only a transform was trained."""
    arrays = weights.read(path).arrays
    return {k.removeprefix(_NETS): torch.from_numpy(v) for k, v in arrays.items() if k.startswith(_NETS)}
