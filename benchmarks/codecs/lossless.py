"""The codecs that give every sample back. Each at one setting; there is no quality."""

from pathlib import Path
from typing import Protocol

import PIL
from PIL import Image, features

from .codec import ThroughPillow, saved
from .jpeg_xl import jpeg_xl_version, missing_jpeg_xl, register
from .ours import source_digest


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
    """wlc as its library makes files; `model` is the name of weights, or their path. Without `look_back` the nets have
    to do alone, even where the pictures have been in a lossy format before."""

    def __init__(self, device: str = "auto", model: str | None = None, look_back: bool = True) -> None:
        self.device, self.model, self.look_back = device, model, look_back
        own = [Path(model).stem] if model else []
        self.name = "-".join(["wlc-lossless", *own, *([] if look_back else ["nets-alone"])])
        self.label = " ".join(["wlc lossless", *own]) + ("" if look_back else ", nets alone")
        self.setting = f"device {device}"

    def missing(self) -> str | None:
        from wlc.bitstream import range_coder
        from wlc.models import weights

        name = self.model or weights.DEFAULT_LOSSLESS
        path = weights.find_by_name(name)
        if path is None:
            return f"weights named {name!r} are not installed"
        found = weights.read(path)
        if found.kind != weights.LOSSLESS:
            return f"the weights {name!r} are not for lossless files"
        if weights.find_by_fingerprint(found.fingerprint) is None:
            return f"what {path.name} makes can be read only if its folder is in ${weights.SEARCH_PATH}"
        if not range_coder.available():
            return "the package constriction is not installed"
        return None

    def version(self) -> str:
        """The weights decide as much as the code does; every file names them."""
        import wlc

        probe = wlc.info(self.encode(Image.new("RGB", (8, 8))))
        return f"wlc {wlc.__version__}, weights {probe.fingerprint}, source {source_digest()}"

    def encode(self, picture: Image.Image) -> bytes:
        from wlc.lossless_encode import LosslessEncoder
        from wlc.pictures import read_picture

        picture = read_picture(picture).without_metadata()
        return LosslessEncoder(picture, model=self.model, device=self.device, look_back=self.look_back).file()

    def decode(self, data: bytes) -> Image.Image:
        import wlc

        return wlc.decompress(data, device=self.device).convert("RGB")


def lossless_peers() -> tuple[LosslessCodec, ...]:
    return Png(), WebPLossless(), JpegXlLossless(3), JpegXlLossless(7)
