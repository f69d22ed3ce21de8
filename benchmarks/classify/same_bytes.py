"""Files of ours and JPEG files of the same bytes, of every picture; made once and kept in the folder of the run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import wlc
from wlc.benchmarks.classify.pixels import jpeg_of_size, source_of
from wlc.benchmarks.files import write_whole
from wlc.bitstream.container import level_sizes, read_container
from wlc.models.training.labelled import Example, square

if TYPE_CHECKING:
    from wlc.benchmarks.classify.training import Bench
    from wlc.models.training.classifier_loop import PixelSource

READ = 3  # levels of four that the nets see: the finest takes three quarters of the time and holds next to nothing


def our_files(bench: Bench, examples: Sequence[Example]) -> list[bytes]:
    setting = bench.setting

    def make(example: Example) -> bytes:
        samples = square(example.data, setting.side).permute(1, 2, 0).numpy()
        how = {"model": setting.model, "metadata": "none", "device": "cpu", "threads": 1}
        return wlc.compress(samples, setting.quality, **how)

    return [kept(bench.files, example, f"-{setting.side}-{setting.files}.wlc", make) for example in examples]


def jpeg_files(bench: Bench, examples: Sequence[Example]) -> list[bytes]:
    setting = bench.setting

    def make(example: Example) -> bytes:
        return jpeg_of_size(example.data, setting.side, len(our_files(bench, [example])[0]))

    return [kept(bench.files, example, f"-{setting.side}-{setting.files}.jpg", make) for example in examples]


def jpeg_sources(bench: Bench) -> tuple[PixelSource, PixelSource]:
    parts = (bench.examples.train, bench.examples.test)
    first, second = (source_of(jpeg_files(bench, part), part, bench.setting.side) for part in parts)
    return first, second


def coarse_bytes(data: bytes) -> int:
    """What a file takes that is cut off after the levels that are read."""
    return len(data) - sum(level_sizes(read_container(data))[READ:])


def kept(folder: Path, example: Example, ending: str, make: Callable[[Example], bytes]) -> bytes:
    """The file that was made of an example, now or before."""
    path = folder / f"{hashlib.sha256(example.data).hexdigest()[:20]}{ending}"
    if not path.exists():
        write_whole(path, make(example))
    return path.read_bytes()
