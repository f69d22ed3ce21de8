"""The codec everybody has."""

from PIL import Image, features

from .codec import ThroughPillow, saved


class Jpeg(ThroughPillow):
    """As everybody uses it with 4:2:0, and with every colour sample kept, 4:4:4."""

    qualities = (3, 5, 8, 12, 18, 28, 40, 55, 70, 80, 88)

    def __init__(self, subsampling: str = "4:2:0") -> None:
        self._subsampling = subsampling
        self.name = "jpeg" if subsampling == "4:2:0" else "jpeg-444"
        self.label = f"JPEG {subsampling}"
        self.setting = f"{subsampling}, baseline, optimised Huffman tables"

    def missing(self) -> str | None:
        return None if features.check("jpg") else "this Pillow was built without JPEG"

    def version(self) -> str:
        return f"libjpeg-turbo {features.version('libjpeg_turbo')}, libjpeg API {features.version('jpg')}"

    def encode(self, picture: Image.Image, quality: float) -> bytes:
        return saved(picture, "JPEG", quality=int(quality), subsampling=self._subsampling, optimize=True)
