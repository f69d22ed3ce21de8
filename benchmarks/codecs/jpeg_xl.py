"""JPEG XL, through pillow-jxl-plugin, which registers itself with Pillow when it is imported."""

import importlib
import importlib.metadata

from PIL import Image

from .codec import ThroughPillow, saved


def register() -> None:
    importlib.import_module("pillow_jxl")


def missing_jpeg_xl() -> str | None:
    try:
        register()
    except ImportError:
        return "pillow-jxl-plugin is not installed: pip install -c constraints.txt '.[bench]'"
    return None


def jpeg_xl_version() -> str:
    return f"pillow-jxl-plugin {importlib.metadata.version('pillow-jxl-plugin')}"


class JpegXl(ThroughPillow):
    """The grid starts at 19: below that (Butteraugli distance above 10) libjxl halves the picture first, PSNR
    drops by a step of 2 dB, and a comparison that counted those points would flatter every other codec.
    """

    name = "jxl"
    label = "JPEG XL e7"
    setting = "effort 7"
    qualities = (19, 24, 30, 37, 45, 54, 62, 70, 78, 85, 90)

    def missing(self) -> str | None:
        return missing_jpeg_xl()

    def version(self) -> str:
        return jpeg_xl_version()

    def encode(self, picture: Image.Image, quality: float) -> bytes:
        """At 100 the plugin asks libjxl for something it refuses."""
        register()
        return saved(picture, "JXL", quality=min(int(quality), 99), effort=7)

    def decode(self, data: bytes) -> Image.Image:
        register()
        return super().decode(data)
