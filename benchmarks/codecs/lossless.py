"""The codecs that give every sample back. Each at one setting; there is no quality."""

import inspect
from typing import Protocol

import PIL
from PIL import Image, features

from .codec import ThroughPillow, saved
from .jpeg_xl import jpeg_xl_version, missing_jpeg_xl, register


class LosslessCodec(Protocol):
    name: str
    label: str
    setting: str

    def missing(self) -> str | None: ...

    def version(self) -> str: ...

    def encode(self, picture: Image.Image) -> bytes: ...

    def decode(self, data: bytes) -> Image.Image: ...


class Png(ThroughPillow):
    name = "png"
    label = "PNG"
    setting = "Pillow's optimize: zlib level 9, a filter chosen for every row"

    def missing(self) -> str | None:
        return None if features.check("zlib") else "this Pillow was built without PNG"

    def version(self) -> str:
        """zlib's successor zlib-ng makes other bytes at the same level."""
        library = "zlib_ng" if features.check_feature("zlib_ng") else "zlib"
        return f"Pillow {PIL.__version__}, {library} {features.version(library)}"

    def encode(self, picture: Image.Image) -> bytes:
        return saved(picture, "PNG", optimize=True)


class WebPLossless(ThroughPillow):
    """Its quality says here how hard it tries."""

    name = "webp-lossless"
    label = "WebP lossless"
    setting = "method 6, quality 80: 100 takes ten times as long for one per cent"

    def missing(self) -> str | None:
        return None if features.check("webp") else "this Pillow was built without WebP"

    def version(self) -> str:
        return f"libwebp {features.version('webp')}"

    def encode(self, picture: Image.Image) -> bytes:
        return saved(picture, "WEBP", lossless=True, quality=80, method=6)


class JpegXlLossless(ThroughPillow):
    def __init__(self, effort: int = 7) -> None:
        self._effort = effort
        self.name = f"jxl-lossless-e{effort}"
        self.label = f"JPEG XL lossless e{effort}"
        self.setting = f"effort {effort}"

    def missing(self) -> str | None:
        return missing_jpeg_xl()

    def version(self) -> str:
        return jpeg_xl_version()

    def encode(self, picture: Image.Image) -> bytes:
        register()
        return saved(picture, "JXL", lossless=True, effort=self._effort)

    def decode(self, data: bytes) -> Image.Image:
        register()
        return super().decode(data)


class WlcLossless:
    """wlc through its public library, if it can."""

    name = "wlc-lossless"
    label = "wlc lossless"

    def __init__(self, device: str = "auto") -> None:
        self._device = device
        self.setting = f"device {device}"

    def missing(self) -> str | None:
        import wlc

        if "lossless" not in inspect.signature(wlc.compress).parameters:
            return "this wlc has no lossless mode yet"
        return None

    def version(self) -> str:
        """The weights decide as much as the code does; every file names them."""
        import wlc

        probe = wlc.info(self.encode(Image.new("RGB", (8, 8))))
        return f"wlc {wlc.__version__}, weights {probe.fingerprint}"

    def encode(self, picture: Image.Image) -> bytes:
        import wlc

        return wlc.compress(picture, lossless=True, device=self._device, metadata="none")

    def decode(self, data: bytes) -> Image.Image:
        import wlc

        return wlc.decompress(data, device=self._device).convert("RGB")


def lossless_codecs(device: str = "auto") -> tuple[LosslessCodec, ...]:
    return WlcLossless(device), Png(), WebPLossless(), JpegXlLossless(3), JpegXlLossless(7)
