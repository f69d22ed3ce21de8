"""One lossless codec over all pictures: whole files, wall-clock seconds, and the proof that nothing was lost."""

import time
from collections.abc import Callable

from PIL import Image

from wlc.benchmarks.codecs.lossless import LosslessCodec
from wlc.benchmarks.machine import processor
from wlc.benchmarks.pictures import Pictures
from wlc.benchmarks.results import LosslessRow, LosslessTrial


def measure_lossless(
    codec: LosslessCodec, pictures: Pictures, progress: Callable[[str], None] = lambda name: None
) -> LosslessRow:
    """`progress` hears the name of every picture that is done. Raises ValueError if one does not come back equal."""
    row = LosslessRow(codec.name, codec.label, codec.setting, codec.version(), pictures.digest, processor())
    for name, picture in pictures:
        if not row.trials:  # what a codec does once a process, as loading weights, is not a picture's time
            _there_and_back(codec, name, picture)
        row.trials.append(_there_and_back(codec, name, picture))
        progress(name)
    return row


def _there_and_back(codec: LosslessCodec, name: str, picture: Image.Image) -> LosslessTrial:
    start = time.perf_counter()
    data = codec.encode(picture)
    encoded = time.perf_counter()
    decoded = codec.decode(data)
    end = time.perf_counter()
    if (decoded.mode, decoded.size, decoded.tobytes()) != (picture.mode, picture.size, picture.tobytes()):
        raise ValueError(f"{codec.label} is not lossless: {name} did not come back equal.")
    pixels = picture.width * picture.height
    return LosslessTrial(
        picture=name,
        samples=pixels * len(picture.getbands()),
        pixels=pixels,
        size=len(data),
        encode_seconds=encoded - start,
        decode_seconds=end - encoded,
    )
