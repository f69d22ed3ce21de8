"""WebP at its slowest and best."""

from PIL import Image, features

from .codec import ThroughPillow, saved


class WebP(ThroughPillow):
    name = "webp"
    label = "WebP"
    setting = "method 6"
    qualities = (0, 2, 5, 10, 20, 35, 50, 65, 78, 86, 92)

    def missing(self) -> str | None:
        return None if features.check("webp") else "this Pillow was built without WebP"

    def version(self) -> str:
        return f"libwebp {features.version('webp')}"

    def encode(self, picture: Image.Image, quality: float) -> bytes:
        return saved(picture, "WEBP", quality=int(quality), method=6)
