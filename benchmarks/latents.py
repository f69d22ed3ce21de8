"""How fast a learner is fed: pixels out of JPEG and wlc, latents out of wlc and out of plain arrays.

    wlc bench latents DIR [--quality Q]

Real files in a temporary folder, read one after the other in this process, as one worker of a data loader would. All
of them were read a moment ago, so no disk is measured: that an array of latents is many times as large as the file it
came from tells only in the bytes.
"""

import io
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import numpy as np
import torch
from PIL import Image

import wlc
from wlc.benchmarks.codecs import Jpeg
from wlc.benchmarks.files import write_whole
from wlc.benchmarks.machine import machine, processor
from wlc.benchmarks.page.plain_text import plain_text
from wlc.benchmarks.page.tables import Table, cells, number
from wlc.benchmarks.picture_sets import picture_set
from wlc.benchmarks.pictures import Pictures
from wlc.benchmarks.same_size import nearest_size
from wlc.bitstream.container import level_sizes, read_container
from wlc.computing import computing
from wlc.models.groups import LEVELS

_COARSE = 2  # levels
_CHECKSUM_BYTES = 4


@dataclass(frozen=True)
class Way:
    """One kind of file, and how it is read."""

    name: str
    suffix: str
    read: Callable[[Path], object]


@dataclass(frozen=True)
class Fed:
    """What one way takes, over all pictures."""

    name: str
    bytes: int
    seconds: float  # of each picture the fastest round
    processor_seconds: float  # what was computed in it, by all threads: on a busy machine the clock says little
    pictures: int

    @property
    def pictures_a_second(self) -> float:
        return self.pictures / self.seconds


@click.command(short_help="How fast pixels and latents are read, for programs that learn from them.")
@click.argument("source", metavar="SET", type=click.Path(exists=True, path_type=Path))
@click.option("--quality", type=click.FloatRange(1, 100), default=60, show_default=True, help="Of the .wlc files.")
@click.option("--first", type=click.IntRange(min=1), help="Only so many pictures.")
@click.option("--rounds", type=click.IntRange(min=1), default=3, show_default=True, help="The fastest of them counts.")
@click.option("--threads", type=click.IntRange(min=1), default=1, show_default=True, help="That torch may use.")
@click.option(
    "--json", "record", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Also write it as FILE."
)
def latents(source: Path, quality: float, first: int | None, rounds: int, threads: int, record: Path | None) -> None:
    """Pictures a second out of files of the pictures in SET: a folder, a tar file of pictures or one picture."""
    try:
        pictures = picture_set(source, first)
    except FileNotFoundError as reason:
        raise click.ClickException(str(reason)) from None
    with tempfile.TemporaryDirectory() as folder:
        stems = written(pictures, Path(folder), quality)
        with computing(torch.device("cpu"), threads):
            results = fed(WAYS, stems, rounds)
    click.echo(
        f"{len(pictures)} pictures, quality {quality:g}, {threads} thread{'s' * (threads != 1)}, {processor()}\n"
    )
    click.echo(plain_text(_table(results)))
    if record:
        facts = {"machine": machine(), "quality": quality, "threads": threads, "rounds": rounds}
        rows = [asdict(result) | {"pictures_a_second": result.pictures_a_second} for result in results]
        write_whole(record, json.dumps(facts | {"rows": rows}, indent=1) + "\n")


def _pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


WAYS = (
    Way("JPEG to pixels", ".jpg", _pixels),
    Way("wlc to pixels", ".wlc", lambda path: np.asarray(wlc.decompress(path, device="cpu"))),
    Way("wlc to latents, all levels", ".wlc", lambda path: wlc.latents(path, device="cpu")),
    Way(
        f"wlc to latents, {_COARSE} levels",
        ".coarse.wlc",
        lambda path: wlc.latents(path, levels=_COARSE, device="cpu"),
    ),
    Way("array of latents, all levels", ".npy", lambda path: torch.from_numpy(np.load(path))),
    Way(f"array of latents, {_COARSE} levels", ".coarse.npy", lambda path: torch.from_numpy(np.load(path))),
)


def written(pictures: Pictures, folder: Path, quality: float) -> list[Path]:
    """The files of every picture; where they lie, less their suffixes."""
    stems = []
    for name, picture in pictures:
        stem = folder / f"{len(stems):05}-{Path(name).stem}"
        data = wlc.compress(picture, quality, metadata="none", device="cpu")
        later = sum(level_sizes(read_container(data))[_COARSE:])
        files = {
            ".wlc": data,
            ".coarse.wlc": data[: len(data) - later - _CHECKSUM_BYTES],
            ".jpg": nearest_size(Jpeg(), picture, len(data)).data,
            ".npy": _array(data, LEVELS),
            ".coarse.npy": _array(data, _COARSE),
        }
        for suffix, content in files.items():
            _at(stem, suffix).write_bytes(content)
        stems.append(stem)
    return stems


def fed(ways: Sequence[Way], stems: Sequence[Path], rounds: int) -> list[Fed]:
    """In turns, so that what else the machine does is shared by all."""
    for way in ways:  # loading libraries and weights is not a picture's time
        way.read(_at(stems[0], way.suffix))
    least = np.full((2, len(ways), len(stems)), np.inf)
    for _ in range(rounds):
        for column, stem in enumerate(stems):
            for line, way in enumerate(ways):
                least[:, line, column] = np.minimum(least[:, line, column], _timed(way, stem))
    return [
        Fed(way.name, sum(_at(stem, way.suffix).stat().st_size for stem in stems), *taken.tolist(), len(stems))
        for way, taken in zip(ways, least.sum(axis=2).T, strict=True)
    ]


def _timed(way: Way, stem: Path) -> tuple[float, float]:
    """Seconds of the clock and of the processor."""
    path = _at(stem, way.suffix)
    clock, processor_clock = time.perf_counter(), time.process_time()
    way.read(path)
    return time.perf_counter() - clock, time.process_time() - processor_clock


def _array(data: bytes, levels: int) -> bytes:
    """All groups as one row of 16-bit numbers: a store that is read as fast as can be."""
    stream = io.BytesIO()
    np.save(stream, np.concatenate([x.numpy().ravel() for x in wlc.latents(data, levels=levels, device="cpu")]))
    return stream.getvalue()


def _at(stem: Path, suffix: str) -> Path:
    return stem.with_name(stem.name + suffix)


def _table(results: Sequence[Fed]) -> Table:
    return Table(
        name="latents",
        title="Latents",
        columns=("read", "bytes a picture", "pictures a second", "times JPEG", "processor, ms a picture", "times JPEG"),
        rows=tuple(cells(_texts(result, results[0])) for result in results),
    )


def _texts(result: Fed, jpeg: Fed) -> tuple[str, ...]:
    return (
        result.name,
        f"{result.bytes / result.pictures:,.0f}",
        number(result.pictures_a_second, 1),
        number(jpeg.seconds / result.seconds, 2),
        number(1000 * result.processor_seconds / result.pictures, 2),
        number(jpeg.processor_seconds / result.processor_seconds, 2),
    )
