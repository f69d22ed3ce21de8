"""The codecs that are measured, one a file, and which of them run when nobody names any."""

from collections.abc import Sequence

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


def ours(models: Sequence[str], device: str) -> dict[str, Codec]:
    """wlc with the named weights, or with all for lossy files that are installed; the first of them with both coders,
    as what the other coder costs is a matter of the coder."""
    from wlc.models import weights

    def is_lossy(name: str) -> bool:
        return weights.noted(weights.find_by_name(name)).kind == weights.LOSSY

    every = sorted(weights.installed().values(), key=lambda name: name != weights.DEFAULT)
    first, *others = [None if name == weights.DEFAULT else name for name in models or filter(is_lossy, every)]
    codecs = [Wlc(first, device=device), Wlc(first, "webp", device), *(Wlc(name, device=device) for name in others)]
    return {codec.name: codec for codec in codecs}


__all__ = ["SLOW", "Avif", "Codec", "Jpeg", "Jpeg2000", "JpegXl", "WebP", "Wlc", "ours", "peers"]
