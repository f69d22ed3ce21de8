"""Tiles that nobody has photographed: codes drawn from the prior of a variational model, and what it makes of them."""

from __future__ import annotations

import math

import numpy as np
import torch
from PIL import Image

from wlc.bitstream.errors import LimitExceeded, WlcError
from wlc.bitstream.limits import DEFAULT_LIMITS, Limits
from wlc.computing import computing
from wlc.loaded import autoencoder_by_name, path_of
from wlc.models import weights


def new_tiles(
    model: str,
    *,
    count: int = 1,
    size: int = 160,
    seed: int = 0,
    device: str = "auto",
    threads: int | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Image.Image:
    """So many tiles on one picture, line by line. The first ones of a seed are the same, however many follow."""
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    if rows * columns * size**2 > limits.pixels:
        raise LimitExceeded(f"{count} tiles of {size}x{size} are above the limit of {limits.pixels} pixels")
    _must_be_variational(model)
    loaded = autoencoder_by_name(model, device)
    random = torch.Generator().manual_seed(seed)
    sheet = Image.new("RGB", (columns * size, rows * size), "white")
    with computing(loaded.device, threads):
        for number in range(count):
            row, column = divmod(number, columns)
            picture = loaded.model.new_picture((size, size), random)[0]
            samples = (picture * 255).round_().permute(1, 2, 0).cpu().numpy().astype(np.uint8)
            sheet.paste(Image.fromarray(samples), (column * size, row * size))
    return sheet


def _must_be_variational(model: str) -> None:
    if not weights.noted(path_of(model)).config.get("variational"):
        raise WlcError(
            f"the model {model!r} cannot make new tiles; those can that were trained with "
            "wlc train microscopy --variational"
        )
