"""wlc itself, in the clothes of a peer: the same questions, through the public library."""

from PIL import Image


class Wlc:
    """Imports wlc only when it runs, so that peers can be measured without torch.

    Metadata is left out, as it is for the peers: only pixels are compared.
    """

    name = "wlc"
    qualities = (18, 24, 30, 36, 42, 48, 54, 60, 66, 72, 78)

    def __init__(self, model: str | None = None, device: str = "auto") -> None:
        self._model = model
        self._device = device
        self.setting = f"device {device}"

    def missing(self) -> str | None:
        return None

    def version(self) -> str:
        """The weights decide as much as the code does; every file names them."""
        import wlc

        probe = wlc.info(self.encode(Image.new("RGB", (8, 8)), 50))
        return f"wlc {wlc.__version__}, weights {probe.fingerprint}, {probe.coder} coder"

    def encode(self, picture: Image.Image, quality: float) -> bytes:
        import wlc

        return wlc.compress(picture, quality=quality, model=self._model, device=self._device, metadata="none")

    def decode(self, data: bytes) -> Image.Image:
        import wlc

        return wlc.decompress(data, device=self._device).convert("RGB")
