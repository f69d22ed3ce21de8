"""wlc itself, in the clothes of a peer: the same questions, through the public library."""

import hashlib
from functools import cache
from pathlib import Path

from PIL import Image


class Wlc:
    """Imports wlc only when it runs, so that peers can be measured without torch.

    Metadata is left out, as it is for the peers: only pixels are compared.
    """

    qualities = (18, 24, 30, 36, 42, 48, 54, 60, 66, 72, 78)

    def __init__(self, model: str | None = None, coder: str = "range", device: str = "auto") -> None:
        self._model, self._coder, self._device = model, coder, device
        self.name = "-".join(["wlc", *([model] if model else []), *([coder] if coder != "range" else [])])
        self.label = " ".join(["wlc", *([model] if model else []), *(["(WebP coder)"] if coder == "webp" else [])])
        self.setting = f"{coder} coder, device {device}"

    def missing(self) -> str | None:
        from wlc.bitstream import range_coder

        if self._coder == "range" and not range_coder.available():
            return "the package constriction is not installed"
        return None

    def version(self) -> str:
        """Weights and code decide together, and the code may change without its version."""
        import wlc

        probe = wlc.info(self.encode(Image.new("RGB", (8, 8)), 50))
        return f"wlc {wlc.__version__}, weights {probe.fingerprint}, source {source_digest()}"

    def encode(self, picture: Image.Image, quality: float) -> bytes:
        import wlc

        return wlc.compress(
            picture, quality=quality, model=self._model, coder=self._coder, device=self._device, metadata="none"
        )

    def decode(self, data: bytes) -> Image.Image:
        import wlc

        return wlc.decompress(data, device=self._device).convert("RGB")


@cache
def source_digest() -> str:
    """Of the code that turns pixels into bytes and back; not of training, nor of the command line."""
    import wlc.bitstream
    import wlc.models
    import wlc.pictures

    digest = hashlib.sha256()
    for package in (wlc, wlc.pictures, wlc.bitstream, wlc.models):
        for path in sorted(Path(package.__file__).parent.glob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:8]
