"""wlc, a learned wavelet image codec.

    import wlc
    data = wlc.compress("photo.jpg", quality=60)    # bytes of a .wlc file
    image = wlc.decompress(data)                    # a Pillow image
    wlc.info(data), wlc.verify(data)
    groups = wlc.latents(data)                      # the file's integers as tensors, for a net to learn from
    loss = wlc.FeatureLoss("photo")                 # how far apart two pictures are for an encoder

Names are looked up when they are first used: numpy, Pillow and torch take a second to load, and a command
that only reads a file's head should not wait for them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from wlc.bitstream.errors import (
    CorruptFile,
    LimitExceeded,
    ModelNotFound,
    TargetExists,
    TruncatedFile,
    UnsupportedFile,
    WlcError,
)

if TYPE_CHECKING:
    from wlc.api import compress, decompress
    from wlc.bitstream.limits import DEFAULT_LIMITS, Limits
    from wlc.inspection import FileInfo, info, verify
    from wlc.latent_dataset import LatentDataset
    from wlc.latent_tensors import latents
    from wlc.models.feature_loss import FeatureLoss

_HOMES = {
    "compress": "wlc.api",
    "decompress": "wlc.api",
    "info": "wlc.inspection",
    "verify": "wlc.inspection",
    "FileInfo": "wlc.inspection",
    "latents": "wlc.latent_tensors",
    "LatentDataset": "wlc.latent_dataset",
    "FeatureLoss": "wlc.models.feature_loss",
    "Limits": "wlc.bitstream.limits",
    "DEFAULT_LIMITS": "wlc.bitstream.limits",
}

__all__ = [
    "DEFAULT_LIMITS",
    "CorruptFile",
    "FeatureLoss",
    "FileInfo",
    "LatentDataset",
    "LimitExceeded",
    "Limits",
    "ModelNotFound",
    "TargetExists",
    "TruncatedFile",
    "UnsupportedFile",
    "WlcError",
    "compress",
    "decompress",
    "info",
    "latents",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("wlc")
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, "__version__"})
