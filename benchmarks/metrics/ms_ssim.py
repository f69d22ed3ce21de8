"""Multi-scale structural similarity, the learned codecs' second measure."""

import importlib

import numpy as np
from PIL import Image

_TOO_SMALL = 160  # a window of 11 pixels has to fit into the smaller side after four halvings


def missing() -> str | None:
    try:
        importlib.import_module("pytorch_msssim")
    except ImportError:
        return "pytorch-msssim is not installed: pip install -c constraints.txt '.[bench]'"
    return None


def ms_ssim(original: Image.Image, decoded: Image.Image) -> float | None:
    """At most 1, the mean over the red, green and blue channels of 8-bit pixels, by the package that publications use.

    In float32, which is theirs too: float64 changes the eighth decimal and takes seven times as long. On one thread,
    since several would sum in another order on another machine. None where the picture is too small for five scales.
    """
    if min(original.size) <= _TOO_SMALL:
        return None
    import pytorch_msssim
    import torch

    from wlc.computing import computing

    with computing(torch.device("cpu"), threads=1):
        return pytorch_msssim.ms_ssim(_planes(original), _planes(decoded), data_range=255).item()


def _planes(picture: Image.Image):
    """(1, 3, H, W)"""
    import torch

    return torch.from_numpy(np.array(picture, dtype=np.float32)).permute(2, 0, 1)[None]
