"""Checkpoints as WaLLoC publishes them: pickles. Nothing else in wlc reads a pickle that came from elsewhere.

A pickle is a program, and reading it runs it. torch's `weights_only` runs the few instructions that tensors, numbers
and plain containers need, and refuses all others. Objects that only hold settings are let in under the names that they
have in published checkpoints; they become objects of a class of our own.
"""

import io
import pickle
import re
import warnings
from collections.abc import Mapping

import torch


class UnreadableCheckpoint(ValueError):
    """The bytes are no checkpoint, or a damaged one."""


class _Settings:
    """What `args` or `config` of a checkpoint becomes, whatever it was."""


_NAMES_OF_SETTINGS = ("__main__.Args", "__main__.Config", "argparse.Namespace", "types.SimpleNamespace")
_LONGEST_NAME = 80


def read_checkpoint(data: bytes) -> tuple[dict[str, torch.Tensor], dict[str, object]]:
    """Tensors as float32, and the settings that came with them. Raises ValueError with a sentence."""
    held = _unpickled(data)
    if not isinstance(held, Mapping) or not isinstance(held.get("model_state_dict"), Mapping):
        raise ValueError("there is no 'model_state_dict' in this checkpoint")
    tensors = dict(held["model_state_dict"])
    if not all(isinstance(name, str) and _is_plain(tensor) for name, tensor in tensors.items()):
        raise ValueError("the 'model_state_dict' of this checkpoint holds other things than plain tensors")
    if sum(tensor.nbytes for tensor in tensors.values()) > len(data):
        raise ValueError("the tensors of this checkpoint claim to be larger than the file")
    return {name: tensor.float().contiguous() for name, tensor in tensors.items()}, _settings_of(held)


def _unpickled(data: bytes) -> object:
    stand_ins = [(_Settings, name) for name in _NAMES_OF_SETTINGS]
    try:
        with warnings.catch_warnings(), torch.serialization.safe_globals(stand_ins):
            warnings.simplefilter("ignore")  # of bytes that are not as torch writes them; the errors are enough
            return torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        wanted = re.search(r"GLOBAL (\S+)", str(error))  # the instruction that fetches a function or a class
        if wanted:
            name = ascii(wanted[1])[1:-1][:_LONGEST_NAME]
            raise ValueError(f"this checkpoint asks for {name}, so it is refused; nothing in it was run") from error
        raise UnreadableCheckpoint("this is not a checkpoint that torch can read") from error
    except MemoryError:
        raise
    except Exception as error:  # damaged bytes make torch raise nearly anything
        raise UnreadableCheckpoint("this is not a checkpoint that torch can read, or it is damaged") from error


def _is_plain(tensor: object) -> bool:
    return isinstance(tensor, torch.Tensor) and tensor.layout == torch.strided and tensor.is_floating_point()


def _settings_of(held: Mapping) -> dict[str, object]:
    """Of `config` and `args`, whichever is there; the former has been in published checkpoints after the latter."""
    settings: dict[str, object] = {}
    for key in ("args", "config"):
        found = held.get(key)
        settings |= found if isinstance(found, Mapping) else getattr(found, "__dict__", {})
    return settings
