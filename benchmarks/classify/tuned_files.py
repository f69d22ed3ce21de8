"""Files by the tuned encoder of a run: made once and kept with it, and read by everyone as the model's own."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

import click
import numpy as np

from wlc.benchmarks.classify.rows import JOINT_LATENTS
from wlc.benchmarks.classify.same_bytes import kept
from wlc.benchmarks.classify.training import joint_folder
from wlc.decode import decode
from wlc.encode import Encoder
from wlc.loaded import Loaded, by_name
from wlc.models.training import checkpoint
from wlc.models.training.labelled import Example, square
from wlc.pictures import Picture, read_picture
from wlc.search import quality_to_rate_index
from wlc.targets import psnr

if TYPE_CHECKING:
    from wlc.benchmarks.classify.training import Bench

_ENCODER = "average.codec.encoder_net."  # in the run's checkpoint
_LOOKED_AT = 100  # pictures of any number, for how near decoded ones are


def tuned_files(bench: Bench, examples: Sequence[Example], seed: int) -> list[bytes]:
    run = joint_folder(bench.run_folder(JOINT_LATENTS, seed))
    rate_index = quality_to_rate_index(bench.setting.quality)

    @cache
    def writer() -> Loaded:
        return tuned_in(run, by_name(bench.setting.model, "cpu"))

    def make(example: Example) -> bytes:
        return Encoder(_picture(example, bench.setting.side), model=writer(), threads=1).at(rate_index)

    return [kept(run / "files", example, ".wlc", make) for example in examples]


def tuned_in_turns(bench: Bench, examples: Sequence[Example], seeds: Sequence[int]) -> list[bytes]:
    """The first by the encoder of the first seed, the next by that of the next: they differ in how much they save."""
    return [tuned_files(bench, [example], seeds[n % len(seeds)])[0] for n, example in enumerate(examples)]


def tuned_in(run: Path, loaded: Loaded) -> Loaded:
    """The model with the encoder's net that was trained in this folder. Its name and fingerprint stay, since those are
    of what decodes."""
    found = checkpoint.load(run)
    if found is None:
        raise click.ClickException(
            f"The training in {run} is gone, and with it the encoder; use another -o to train again."
        )
    model = deepcopy(loaded.model)
    model.encoder_net.load_state_dict(
        {name.removeprefix(_ENCODER): tensor for name, tensor in found[0].items() if name.startswith(_ENCODER)}
    )
    return replace(loaded, model=model)


def mean_psnr(files: Sequence[bytes], examples: Sequence[Example], side: int) -> float:
    """Of decoded pictures, of which some from every part of the set are enough."""
    every = max(1, len(files) // _LOOKED_AT)
    some = zip(files[::every], examples[::every], strict=True)
    return fmean(psnr(_picture(example, side), decode(data, device="cpu", threads=1)) for data, example in some)


def _picture(example: Example, side: int) -> Picture:
    samples: np.ndarray = square(example.data, side).permute(1, 2, 0).numpy()
    return read_picture(samples)
