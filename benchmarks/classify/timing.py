"""What a row takes: milliseconds from files to classes, multiply-adds, bytes. How well its nets judge is no matter."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from wlc.benchmarks.classify.latents import LatentsClassifier, LatentsConfig, as_input, read_batch
from wlc.benchmarks.classify.pixels import opened
from wlc.benchmarks.classify.rows import JOINT_LATENTS, LATENTS, OURS, SAME_SIZE_JPEG, TUNED, Row
from wlc.benchmarks.classify.same_bytes import coarse_bytes, jpeg_files, our_files
from wlc.benchmarks.classify.tuned_files import tuned_in_turns
from wlc.benchmarks.macs import with_kmac
from wlc.computing import computing
from wlc.models.training.classifier_loop import ClassifierConfig
from wlc.models.wae.backbone import without_norms
from wlc.models.wae.nets import to_unit

if TYPE_CHECKING:
    from wlc.benchmarks.classify.store import Store
    from wlc.benchmarks.classify.training import Bench
    from wlc.models.training.labelled import Example

_BATCH = 16
_BATCHES = 4
_ROUNDS = 5


@dataclass(frozen=True)
class Costs:
    """Of one picture. Seconds of the processor, since those of the clock also tell what else a machine has to do."""

    reading_ms: float  # files to what nets take
    judging_ms: float
    clock_ms: float  # of both
    mega_macs: float  # of both, where torch makes them
    bytes: float  # on the disk
    read_bytes: float  # of those, what has to be read


@dataclass(frozen=True)
class Way:
    """How a row goes from files to scores, in two parts."""

    read: Callable[[Sequence[Path]], tuple[torch.Tensor, ...]]
    judge: Callable[..., torch.Tensor]


def measure_costs(bench: Bench, store: Store, rows: Sequence[Row], again: bool = False) -> None:
    """Of all rows in turns, so that what else the machine does is shared by all; and all anew if one is missing."""
    entry = store.of(bench.setting)
    found = entry["costs"]
    if not again and all(row.name in found for row in rows):
        return
    some = bench.examples.test[:: max(1, len(bench.examples.test) // (_BATCH * _BATCHES))][: _BATCH * _BATCHES]
    folder = bench.folder.parent / "timed"
    seeds = [int(seed) for seed in entry["trained"].get(JOINT_LATENTS, {})]
    paths = {kind: _written(bench, kind, some, folder, seeds) for kind in {row.judged_by for row in rows}}
    ways = {row.name: _way(bench, row) for row in rows}
    with computing(torch.device("cpu"), 1), torch.inference_mode():
        least = _least_seconds({row.name: (ways[row.name], paths[row.judged_by]) for row in rows})
        for row in rows:
            files = paths[row.judged_by]
            read, judge = ways[row.name].read, ways[row.name].judge
            _, kmac = with_kmac(lambda read=read, judge=judge, files=files: judge(*read(files[:_BATCH])), _BATCH)
            reading, judging, clock = (1000 * seconds / len(files) for seconds in least[row.name])
            contents = [path.read_bytes() for path in files]
            sizes = [len(content) for content in contents]
            needed = [coarse_bytes(content) for content in contents] if row.front == LATENTS else sizes
            found[row.name] = asdict(
                Costs(reading, judging, clock, (kmac or 0) / 1000, sum(sizes) / len(files), sum(needed) / len(files))
            )
    store.save()


def _least_seconds(ways: dict[str, tuple[Way, list[Path]]]) -> dict[str, tuple[float, float, float]]:
    """Reading, judging, and the clock's for both: of each batch the fastest round."""
    best: dict[tuple[str, int], list[float]] = {}
    for number in range(_ROUNDS + 1):
        for name, (way, paths) in ways.items():
            for start in range(0, len(paths), _BATCH):
                taken = _timed(way, paths[start : start + _BATCH])
                before = best.get((name, start))
                if number == 0:  # loading libraries and weights is not a picture's time
                    continue
                best[name, start] = taken if before is None else list(map(min, before, taken))
    return {name: tuple(map(sum, zip(*(t for (n, _), t in best.items() if n == name), strict=True))) for name in ways}


def _timed(way: Way, paths: Sequence[Path]) -> list[float]:
    clock, begin = time.perf_counter(), time.process_time()
    inputs = way.read(paths)
    middle = time.process_time()
    way.judge(*inputs)
    return [middle - begin, time.process_time() - middle, time.perf_counter() - clock]


def _written(bench: Bench, kind: str, examples: Sequence[Example], folder: Path, seeds: Sequence[int]) -> list[Path]:
    tuned = partial(tuned_in_turns, seeds=seeds)
    make = {OURS: our_files, TUNED: tuned, SAME_SIZE_JPEG: jpeg_files}.get(kind)
    contents = make(bench, examples) if make else [example.data for example in examples]
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{kind}-{number}" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    return paths


def _way(bench: Bench, row: Row) -> Way:
    side, classes, widths = bench.setting.side, len(bench.examples.classes), bench.setting.widths
    if row.front == LATENTS:

        def read(paths: Sequence[Path]) -> tuple[torch.Tensor, ...]:
            stacks = read_batch([path.read_bytes() for path in paths], side)
            return tuple(map(as_input, stacks))

        file = our_files(bench, bench.examples.test[:1])
        sizes = (stack.shape[1] for stack in read_batch(file, side))
        net: torch.nn.Module = LatentsClassifier(LatentsConfig(*sizes, tuple(widths), classes))
    else:

        def read(paths: Sequence[Path]) -> tuple[torch.Tensor, ...]:
            pictures = torch.stack([opened(path.read_bytes(), side) for path in paths])
            return (to_unit(pictures).contiguous(memory_format=torch.channels_last),)

        net = ClassifierConfig(row.front, classes, widths).build()
    net = without_norms(net.eval()).to(memory_format=torch.channels_last)
    return Way(read, net)
