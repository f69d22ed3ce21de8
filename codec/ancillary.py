"""What a picture carries beside its pixels, as the chunks of a file."""

from __future__ import annotations

from wlc.bitstream.container import EXIF, ICC, XMP, Container
from wlc.pictures.metadata import Metadata


def chunks_of(metadata: Metadata) -> tuple[tuple[bytes, bytes], ...]:
    pairs = ((ICC, metadata.icc), (EXIF, metadata.exif), (XMP, metadata.xmp))
    return tuple((name, payload) for name, payload in pairs if payload)


def metadata_in(container: Container) -> Metadata:
    kept = dict(container.ancillary)
    return Metadata(kept.get(ICC), kept.get(EXIF), kept.get(XMP))
