"""Where training stands, on disk: enough to go on as if nothing had happened."""

import os
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file

from ..weights import LOSSY

NAME = "checkpoint.safetensors"


def save(directory: Path, tensors: dict[str, torch.Tensor], notes: dict[str, str]) -> None:
    """Written beside the old one and moved over it, so that an interruption leaves one of the two whole."""
    directory.mkdir(parents=True, exist_ok=True)
    partial = directory / (NAME + ".partial")
    save_file({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, partial, metadata=notes)
    os.replace(partial, directory / NAME)


def load(directory: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]] | None:
    path = directory / NAME
    if not path.exists():
        return None
    with safe_open(path, framework="pt") as file:
        names = file.keys()
        return {name: file.get_tensor(name) for name in names}, dict(file.metadata())


def kind_of(directory: Path) -> str:
    """Which kind of model stands there."""
    path = directory / NAME
    if not path.exists():
        raise FileNotFoundError(f"there is no checkpoint in {directory}")
    with safe_open(path, framework="pt") as file:
        return dict(file.metadata()).get("kind", LOSSY)


def pack_optimiser(optimiser: torch.optim.Optimizer) -> dict[str, torch.Tensor]:
    state = optimiser.state_dict()["state"]
    return {
        f"optimiser.{index}.{name}": torch.as_tensor(value)
        for index, slots in state.items()
        for name, value in slots.items()
    }


def unpack_optimiser(optimiser: torch.optim.Optimizer, tensors: dict[str, torch.Tensor]) -> None:
    """Weights-only checkpoints have no optimiser state; it then starts anew."""
    state: dict[int, dict[str, torch.Tensor]] = {}
    for key, value in tensors.items():
        if key.startswith("optimiser."):
            _, index, name = key.split(".")
            state.setdefault(int(index), {})[name] = value
    if state:
        whole = optimiser.state_dict()
        optimiser.load_state_dict({**whole, "state": state})
