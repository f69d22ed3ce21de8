"""JPEG 2000 by OpenJPEG: the classical wavelet codec."""

from PIL import Image, features

from .codec import ThroughPillow, saved


class Jpeg2000(ThroughPillow):
    """With the 9/7 wavelet, as wlc. Its quality is the PSNR to aim for, so that a picture gets the bits it needs."""

    name = "jp2"
    label = "JPEG 2000"
    setting = "irreversible 9/7 and colour transform, quality in dB"
    qualities = (22, 24, 26, 28, 29.5, 31, 32.5, 34, 36, 38, 40)

    def missing(self) -> str | None:
        return None if features.check("jpg_2000") else "this Pillow was built without JPEG 2000"

    def version(self) -> str:
        return f"OpenJPEG {features.version('jpg_2000')}"

    def encode(self, picture: Image.Image, quality: float) -> bytes:
        """With the colour transform, which Pillow leaves out unless it is told. Zero dB would mean lossless."""
        options = {"quality_mode": "dB", "quality_layers": [max(quality, 1)], "irreversible": True, "mct": 1}
        return saved(picture, "JPEG2000", **options)
