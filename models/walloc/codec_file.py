"""A codec in a safetensors file: its tensors under their own names, its arguments in the metadata."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.numpy import save

from .. import weights
from ..weight_tensors import tensors_in
from . import sizes
from .codecs import Codec


def build(tensors: Mapping[str, torch.Tensor], told: Mapping[str, object]) -> Codec:
    """The codec that these are the tensors of, evaluating. Raises ValueError if they are not all there.

    It is laid out without memory and then given the tensors: whatever is claimed, it takes no more than they do.
    """
    shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    arguments = sizes.arguments(shapes, told)
    with torch.device("meta"):
        codec = sizes.class_of(shapes)(**arguments)
    try:
        codec.load_state_dict(tensors, assign=True)
    except RuntimeError as error:
        raise ValueError(f"its tensors are not all those of a {type(codec).__name__} of this size") from error
    return codec.eval()


def serialise(
    codec: Codec, more: Mapping[str, np.ndarray] | None = None, notes: Mapping[str, str] | None = None
) -> bytes:
    """A file's content. What `more` holds is added, such as the tables that code latents in `.wlc` files, or takes the
    place of a tensor. Without notes of how it was made the metadata has one entry, as several come in no fixed order.
    """
    arrays = {name: tensor.detach().cpu().contiguous().numpy() for name, tensor in codec.state_dict().items()}
    shapes = {name: array.shape for name, array in arrays.items()}
    told = {name: getattr(codec, name) for name in sizes.TOLD}
    config = {"codec": type(codec).__name__, **sizes.arguments(shapes, told)}
    return save({**arrays, **(more or {})}, metadata={**(notes or {}), "config": json.dumps(config)})


def load(path: Path) -> Codec:
    try:
        held = weights.read(path)
    except (SafetensorError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is not a safetensors file, or it is damaged") from error
    if not isinstance(held.config, dict) or "codec" not in held.config:
        raise ValueError(f"{path} does not hold a WaLLoC codec")
    try:
        return build(tensors_in(held), held.config)
    except ValueError as error:
        raise ValueError(f"{path} does not hold a whole WaLLoC codec: {error}") from error
