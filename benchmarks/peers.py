"""The codecs that wlc is measured against, as libraries in this process: bytes out, pixels back, no files.

Each says exactly how it is set, so that a table can repeat it, and which version ran, so that an old result
is never taken for a new one. The grids of qualities span about 0.1 to 2 bits per pixel of a photograph, that
of JPEG XL 0.3 to 2. Threads are left at each library's default.
"""

import importlib
import importlib.metadata
import io
from typing import ClassVar, Protocol

from PIL import Image, features


class Codec(Protocol):
    """What the benchmark asks of a codec, ours included."""

    name: ClassVar[str]
    setting: ClassVar[str]
    qualities: ClassVar[tuple[float, ...]]

    def missing(self) -> str | None:
        """Why this codec cannot run here, as a clause a person can act on; None if it can."""

    def version(self) -> str:
        """Of everything that decides its bytes."""

    def encode(self, picture: Image.Image, quality: float) -> bytes: ...

    def decode(self, data: bytes) -> Image.Image:
        """The 8-bit RGB pixels, really decoded: Pillow opens lazily, which would time nothing."""


class _ThroughPillow:
    """What the peers share: Pillow writes them into memory and reads them back."""

    def decode(self, data: bytes) -> Image.Image:
        with Image.open(io.BytesIO(data)) as picture:
            picture.load()
            return picture.convert("RGB")


class Jpeg(_ThroughPillow):
    """The codec everybody has, as everybody uses it."""

    name = "jpeg"
    setting = "4:2:0, baseline, optimised Huffman tables"
    qualities = (3, 5, 8, 12, 18, 28, 40, 55, 70, 80, 88)

    def missing(self) -> str | None:
        return None if features.check("jpg") else "this Pillow was built without JPEG"

    def version(self) -> str:
        return f"libjpeg-turbo {features.version('libjpeg_turbo')}, libjpeg API {features.version('jpg')}"

    def encode(self, picture: Image.Image, quality: float) -> bytes:
        return _saved(picture, "JPEG", quality=int(quality), subsampling="4:2:0", optimize=True)


class WebP(_ThroughPillow):
    """At its slowest and best."""

    name = "webp"
    setting = "method 6"
    qualities = (0, 2, 5, 10, 20, 35, 50, 65, 78, 86, 92)

    def missing(self) -> str | None:
        return None if features.check("webp") else "this Pillow was built without WebP"

    def version(self) -> str:
        return f"libwebp {features.version('webp')}"

    def encode(self, picture: Image.Image, quality: float) -> bytes:
        return _saved(picture, "WEBP", quality=int(quality), method=6)


class Avif(_ThroughPillow):
    """AV1 still pictures. 4:4:4, because with fewer colour samples the PSNR in RGB levels off."""

    name = "avif"
    setting = "4:4:4, speed 6"
    qualities = (8, 14, 20, 28, 36, 45, 55, 65, 74, 82, 88)

    def missing(self) -> str | None:
        return None if features.check("avif") else "this Pillow was built without AVIF"

    def version(self) -> str:
        codecs = importlib.import_module("PIL._avif").codec_versions()
        return f"libavif {features.version('avif')}, {codecs}"

    def encode(self, picture: Image.Image, quality: float) -> bytes:
        return _saved(picture, "AVIF", quality=int(quality), speed=6, subsampling="4:4:4")


class JpegXl(_ThroughPillow):
    """Through pillow-jxl-plugin, which registers itself with Pillow when it is imported.

    The grid starts at 19: below that (Butteraugli distance above 10) libjxl halves the picture first, PSNR
    drops by a step of 2 dB, and a comparison that counted those points would flatter every other codec.
    """

    name = "jxl"
    setting = "effort 7"
    qualities = (19, 24, 30, 37, 45, 54, 62, 70, 78, 85, 90)

    def missing(self) -> str | None:
        try:
            importlib.import_module("pillow_jxl")
        except ImportError:
            return "pillow-jxl-plugin is not installed: pip install -c constraints.txt '.[bench]'"
        return None

    def version(self) -> str:
        return f"pillow-jxl-plugin {importlib.metadata.version('pillow-jxl-plugin')}"

    def encode(self, picture: Image.Image, quality: float) -> bytes:
        return _saved(picture, "JXL", quality=int(quality), effort=7)


PEERS: dict[str, type[Codec]] = {peer.name: peer for peer in (Jpeg, WebP, JpegXl, Avif)}


def _saved(picture: Image.Image, file_format: str, **options: object) -> bytes:
    """The whole file; a fresh copy of the pixels goes in, so that no metadata of the source is counted."""
    bare = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    stream = io.BytesIO()
    bare.save(stream, file_format, **options)
    return stream.getvalue()
