"""One codec over all pictures at all its qualities: real bytes, real pixels, wall-clock seconds."""

import time
from collections.abc import Callable, Sequence

from PIL import Image

from wlc.benchmarks.codecs import Codec
from wlc.benchmarks.metrics.judges import Judges
from wlc.benchmarks.metrics.psnr import psnr
from wlc.benchmarks.pictures import Pictures
from wlc.benchmarks.results import Trial


def measure(
    codec: Codec,
    pictures: Pictures,
    qualities: Sequence[float],
    judges: Judges,
    known: Sequence[Trial],
    keep: Callable[[list[Trial]], None],
) -> None:
    """What is not known yet is measured, picture by picture, and handed to `keep` after each."""
    have = {(trial.picture, trial.quality) for trial in known}
    warm = False
    for name, picture in pictures:
        wanted = [quality for quality in qualities if (name, quality) not in have]
        if not wanted:
            continue
        if not warm:  # what a codec does once a process, as loading weights, is not a picture's time
            there_and_back(codec, name, picture, wanted[0])
            warm = True
        results = [there_and_back(codec, name, picture, quality) for quality in wanted]
        # Only now, so that the judges, who work in parallel, do not disturb the clock.
        verdicts = judges.of(picture, [decoded for _, decoded in results])
        keep([Trial(**vars(trial) | verdict) for (trial, _), verdict in zip(results, verdicts, strict=True)])


def there_and_back(codec: Codec, name: str, picture: Image.Image, quality: float) -> tuple[Trial, Image.Image]:
    start = time.perf_counter()
    data = codec.encode(picture, quality)
    encoded = time.perf_counter()
    decoded = codec.decode(data)
    end = time.perf_counter()
    trial = Trial(
        picture=name,
        quality=quality,
        pixels=picture.width * picture.height,
        size=len(data),
        psnr=psnr(picture, decoded),
        encode_seconds=encoded - start,
        decode_seconds=end - encoded,
    )
    return trial, decoded
