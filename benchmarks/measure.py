"""One codec over all pictures at all its qualities: real bytes, real pixels, wall-clock seconds."""

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PIL import Image

from wlc.benchmarks.peers import Codec
from wlc.benchmarks.pictures import Pictures
from wlc.benchmarks.psnr import psnr


@dataclass(frozen=True)
class Trial:
    """One picture, once there and back."""

    name: str
    pixels: int
    size: int
    psnr: float
    encode_seconds: float
    decode_seconds: float

    @property
    def bpp(self) -> float:
        """Bits per pixel of the whole file, headers and all."""
        return 8 * self.size / self.pixels


@dataclass(frozen=True)
class Point:
    """One quality over all pictures. Means are over pictures, as in published results, not over pixels."""

    quality: float
    trials: tuple[Trial, ...]

    @property
    def bpp(self) -> float:
        return statistics.fmean(trial.bpp for trial in self.trials)

    @property
    def psnr(self) -> float:
        return statistics.fmean(trial.psnr for trial in self.trials)

    @property
    def encode_seconds(self) -> float:
        return statistics.fmean(trial.encode_seconds for trial in self.trials)

    @property
    def decode_seconds(self) -> float:
        return statistics.fmean(trial.decode_seconds for trial in self.trials)


def measure(
    codec: Codec,
    pictures: Pictures,
    qualities: Iterable[float],
    progress: Callable[[str], None] = lambda name: None,
) -> list[Point]:
    """Pictures outside, qualities inside, so that each picture is read once and only one is in memory."""
    qualities = list(qualities)
    trials: dict[float, list[Trial]] = {quality: [] for quality in qualities}
    warm = False
    for name, picture in pictures:
        if not warm:  # what a codec does once a process, as loading weights, is not a picture's time
            there_and_back(codec, name, picture, qualities[0])
            warm = True
        for quality in qualities:
            trials[quality].append(there_and_back(codec, name, picture, quality))
        progress(name)
    return [Point(quality, tuple(of_quality)) for quality, of_quality in trials.items()]


def there_and_back(codec: Codec, name: str, picture: Image.Image, quality: float) -> Trial:
    start = time.perf_counter()
    data = codec.encode(picture, quality)
    encoded = time.perf_counter()
    decoded = codec.decode(data)
    end = time.perf_counter()
    return Trial(
        name=name,
        pixels=picture.width * picture.height,
        size=len(data),
        psnr=psnr(picture, decoded),
        encode_seconds=encoded - start,
        decode_seconds=end - encoded,
    )
