"""How fast published learned codecs are on this machine: their architectures by CompressAI, with untrained weights.

Speed only: the files mean nothing. What does not depend on weights is real: networks of the published sizes, the
range coder, bytes in between. An untrained encoder gives nothing but zeros, and that flatters these codecs, though
little: the coder visits every symbol whatever it is, takes less than a tenth of the time, and is no more than a third
faster on zeros.
"""

import importlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from PIL import Image

from wlc.benchmarks.macs import with_kmac
from wlc.benchmarks.pictures import Pictures
from wlc.benchmarks.results import LearnedSpeed

_MULTIPLE = 64  # these networks halve a picture six times
_COUNTED_ON = (256, 256)  # multiply-adds a pixel do not depend on the picture


@dataclass(frozen=True)
class _Size:
    """CompressAI's `quality` chooses the size. Here always the smaller one, for lower rates, in favour of the peer."""

    quality: int
    pictures: int = 2


_SIZES = {
    "bmshj2018-hyperprior": _Size(4),  # N=128, M=192
    "mbt2018-mean": _Size(4),  # N=128, M=192
    "cheng2020-anchor": _Size(3, pictures=1),  # N=128; it decodes place by place, which takes many seconds
}
ARCHITECTURES = tuple(_SIZES)


def learned_speeds(
    pictures: Pictures, names: Sequence[str] = ARCHITECTURES, progress: Callable[[str], None] = lambda name: None
) -> tuple[list[LearnedSpeed], dict[str, str]]:
    """Those that could be measured, and why the others could not. `progress` hears the name of each that is done."""
    unknown = set(names) - set(ARCHITECTURES)
    if unknown:
        raise ValueError(f"no such learned codec: {', '.join(sorted(unknown))}; there are {', '.join(ARCHITECTURES)}")
    reason = missing()
    if reason:
        return [], dict.fromkeys(names, reason)
    speeds = []
    for name in names:
        speeds.append(_speed(name, list(islice((picture for _, picture in pictures), _SIZES[name].pictures))))
        progress(name)
    return speeds, {}


def missing() -> str | None:
    """What keeps it from being imported: it asks for an older numpy than wlc is tested with, and for torchvision."""
    try:
        importlib.import_module("compressai")
        importlib.import_module("compressai.zoo")
    except Exception as error:
        if isinstance(error, ModuleNotFoundError) and error.name == "compressai":
            return "compressai is not installed"
        return f"compressai cannot be imported: {str(error).strip().partition(chr(10))[0]}"
    return None


class Learned:
    """One architecture, answering like a codec without a quality."""

    def __init__(self, name: str) -> None:
        import compressai
        import torch
        from compressai.zoo import image_models

        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            self.model = image_models[name](quality=_SIZES[name].quality, pretrained=False).eval()
        self.model.update(force=True)  # the tables of the entropy coder
        self.version = f"CompressAI {compressai.__version__}"

    def encode(self, picture: Image.Image) -> dict[str, Any]:
        """Strings of bytes and the shape they stand for. The picture is padded to a multiple of 64 by repetition."""
        import torch

        with torch.no_grad():
            pixels = torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float() / 255
            right, below = -picture.width % _MULTIPLE, -picture.height % _MULTIPLE
            padded = torch.nn.functional.pad(pixels, (0, right, 0, below), mode="replicate")
            return self.model.compress(padded) | {"size": picture.size}

    def decode(self, data: dict[str, Any]) -> Image.Image:
        import torch

        width, height = data["size"]
        with torch.no_grad():
            pixels = self.model.decompress(data["strings"], data["shape"])["x_hat"][0, :, :height, :width]
            pixels = (pixels.clamp(0, 1) * 255).round().to(torch.uint8)
            return Image.fromarray(pixels.permute(1, 2, 0).contiguous().numpy())


def _speed(name: str, pictures: list[Image.Image]) -> LearnedSpeed:
    codec = Learned(name)
    counted = Image.new("RGB", _COUNTED_ON)
    pixels = counted.width * counted.height
    data, encode_kmac = with_kmac(lambda: codec.encode(counted), pixels)  # and a warm-up
    _, decode_kmac = with_kmac(lambda: codec.decode(data), pixels)
    encode_seconds = decode_seconds = 0.0
    for picture in pictures:
        start = time.perf_counter()
        data = codec.encode(picture)
        encoded = time.perf_counter()
        codec.decode(data)
        encode_seconds += encoded - start
        decode_seconds += time.perf_counter() - encoded
    megapixels = sum(picture.width * picture.height for picture in pictures) / 1e6
    return LearnedSpeed(
        name=name,
        version=codec.version,
        encode_speed=megapixels / encode_seconds,
        decode_speed=megapixels / decode_seconds,
        encode_kmac=encode_kmac,
        decode_kmac=decode_kmac,
        parameters=sum(parameter.numel() for parameter in codec.model.parameters()),
    )
