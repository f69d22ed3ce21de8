"""The codecs that are measured, one a file, and which of them run when nobody names any."""

from .avif import Avif
from .codec import Codec
from .jpeg import Jpeg
from .jpeg_2000 import Jpeg2000
from .jpeg_xl import JpegXl
from .ours import Wlc
from .webp import WebP

SLOW = ("avif-s2",)


def peers() -> dict[str, Codec]:
    """All of them by name."""
    every = (Jpeg(), Jpeg("4:4:4"), WebP(), JpegXl(), Avif(), Avif(speed=2), Jpeg2000())
    return {peer.name: peer for peer in every}


def ours(model: str | None, device: str) -> dict[str, Codec]:
    """wlc with the named weights, or with all that are installed, each with both coders."""
    from wlc.models import weights

    models = [model] if model else sorted(weights.installed().values(), key=lambda name: name != weights.DEFAULT)
    names = [None if name == weights.DEFAULT else name for name in models]
    every = [Wlc(name, coder, device) for name in names for coder in ("range", "webp")]
    return {codec.name: codec for codec in every}


__all__ = ["SLOW", "Avif", "Codec", "Jpeg", "Jpeg2000", "JpegXl", "WebP", "Wlc", "ours", "peers"]
