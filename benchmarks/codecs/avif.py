"""AV1 still pictures."""

import importlib

from PIL import Image, features

from .codec import ThroughPillow, saved


class Avif(ThroughPillow):
    """4:4:4, because with fewer colour samples the PSNR in RGB levels off."""

    qualities = (8, 14, 20, 28, 36, 45, 55, 65, 74, 82, 88)

    def __init__(self, speed: int = 6) -> None:
        self._speed = speed
        self.name = "avif" if speed == 6 else f"avif-s{speed}"
        self.label = f"AVIF 4:4:4 s{speed}"
        self.setting = f"4:4:4, speed {speed}"

    def missing(self) -> str | None:
        return None if features.check("avif") else "this Pillow was built without AVIF"

    def version(self) -> str:
        codecs = importlib.import_module("PIL._avif").codec_versions()
        return f"libavif {features.version('avif')}, {codecs}"

    def encode(self, picture: Image.Image, quality: float) -> bytes:
        return saved(picture, "AVIF", quality=int(quality), speed=self._speed, subsampling="4:4:4")
