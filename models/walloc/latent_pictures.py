"""Latents as pictures, for lossless formats to store: N = C n^2 channels become n x n tiles on each of C planes."""

from collections.abc import Sequence
from math import isqrt

import numpy as np
import torch
from PIL import Image

MODES = {1: "L", 3: "RGB", 4: "CMYK"}


def latent_to_pil(latent: torch.Tensor, n_bits: int, C: int) -> list[Image.Image]:
    """(B, N, h, w) of whole numbers of `n_bits` bits to B pictures of C planes, each (n h, n w)."""
    mode, half = _mode_of(C), _half_of(n_bits)
    n = _tiles_of(latent.shape[1], C)
    latent = latent.detach().cpu()
    if not torch.equal(latent, latent.round()):  # NaN is unequal to itself, so it is caught too
        raise ValueError("latents must be whole numbers; codec.eval() makes them so")
    if latent.numel() and (latent.min() < -half or latent.max() >= half):
        raise ValueError(f"latents of {n_bits} bits go from {-half} to {half - 1}")
    tiles = (latent + half).to(torch.uint8).unflatten(1, (C, n, n))  # (B, C, n, n, h, w)
    planes = tiles.permute(0, 2, 4, 3, 5, 1).flatten(3, 4).flatten(1, 2)  # (B, n h, n w, C)
    size = planes.shape[2], planes.shape[1]
    return [Image.frombytes(mode, size, picture.numpy().tobytes()) for picture in planes]


def pil_to_latent(pil_images: Sequence[Image.Image], N: int, n_bits: int, C: int) -> torch.Tensor:
    """The way back: B pictures of one size to (B, N, h, w) of float32."""
    mode, half = _mode_of(C), _half_of(n_bits)
    n = _tiles_of(N, C)
    for picture in pil_images:
        if picture.mode != mode:
            raise ValueError(f"latents on {C} planes are in pictures of mode {mode}, not {picture.mode}")
        if picture.width % n or picture.height % n:
            raise ValueError(f"a picture of {picture.width}x{picture.height} does not hold {n} x {n} tiles")
    if len({picture.size for picture in pil_images}) != 1:
        raise ValueError("there are pictures of several sizes" if pil_images else "there are no pictures")
    width, height = pil_images[0].size
    planes = torch.from_numpy(np.stack([np.asarray(picture) for picture in pil_images]))
    tiles = planes.view(len(planes), n, height // n, n, width // n, C)
    return tiles.permute(0, 5, 1, 3, 2, 4).flatten(1, 3).float() - half


def _mode_of(planes: int) -> str:
    if planes not in MODES:
        raise ValueError(f"a picture has 1 (L), 3 (RGB) or 4 (CMYK) planes, not {planes}")
    return MODES[planes]


def _half_of(n_bits: int) -> int:
    if not 1 <= n_bits <= 8:
        raise ValueError(f"pictures hold latents of 1 to 8 bits, not {n_bits}")
    return 2 ** (n_bits - 1)


def _tiles_of(channels: int, planes: int) -> int:
    """How many tiles there are in either direction."""
    n = isqrt(channels // planes)
    if n < 1 or planes * n * n != channels:
        raise ValueError(f"{channels} channels are not {planes} times a square; pad them with zeros until they are")
    return n
