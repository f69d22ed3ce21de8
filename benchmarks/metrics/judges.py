"""Decoded pictures judged in several processes at once: these metrics take longer than most codecs do."""

import hashlib
import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor

from PIL import Image

from . import ms_ssim, ssimulacra2
from .psnr import psnr

_JUDGES = {"psnr": psnr, "ms_ssim": ms_ssim.ms_ssim, "ssimulacra2": ssimulacra2.ssimulacra2}
_MISSING = {"ms_ssim": ms_ssim.missing, "ssimulacra2": ssimulacra2.missing}

Verdict = dict[str, float | None]
_Task = tuple[str, bytes, bytes]  # metric, digests of both pictures


def missing(name: str) -> str | None:
    """Why nobody judges by this metric here, as a clause a person can act on; None if somebody does."""
    if name not in _JUDGES:
        return f"there is no such metric; there are {', '.join(_JUDGES)}"
    return _MISSING[name]() if name in _MISSING else None


class Judges:
    """A context manager, as it holds processes; they start when there is something to judge.

    What was judged is remembered: two coders that decode to the same pixels are one picture. Results do not depend on
    how many processes there are. Processes are spawned, because a fork of a process that has run torch may hang; so a
    script that uses this needs the usual `if __name__ == "__main__"`.
    """

    def __init__(self, names: Sequence[str] = ("ms_ssim", "ssimulacra2"), workers: int | None = None) -> None:
        self.names = tuple(names)
        self.skipped = {name: reason for name in self.names if (reason := missing(name))}
        self._workers = workers or os.cpu_count()
        self._pool: ProcessPoolExecutor | None = None
        self._known: dict[_Task, float | None] = {}

    def __enter__(self) -> "Judges":
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def of(self, original: Image.Image, decoded: Sequence[Image.Image]) -> list[Verdict]:
        """One verdict a decoded picture, by metric; None where one is skipped or a picture too small."""
        reference, digests = _digest(original), [_digest(picture) for picture in decoded]
        waiting: dict[_Task, Future] = {}
        for name in self.names:
            for digest, picture in zip(digests, decoded, strict=True):
                task = (name, reference, digest)
                if name not in self.skipped and task not in self._known and task not in waiting:
                    waiting[task] = self._submit(name, original, picture)
        self._known |= {task: future.result() for task, future in waiting.items()}
        return [{name: self._known.get((name, reference, digest)) for name in self.names} for digest in digests]

    def _submit(self, name: str, original: Image.Image, decoded: Image.Image) -> Future:
        if not self._pool:
            self._pool = ProcessPoolExecutor(self._workers, multiprocessing.get_context("spawn"))
        return self._pool.submit(_JUDGES[name], _bare(original), _bare(decoded))


def _bare(picture: Image.Image) -> Image.Image:
    """Only the pixels travel: what else hangs on a picture need not be picklable."""
    return Image.frombytes(picture.mode, picture.size, picture.tobytes())


def _digest(picture: Image.Image) -> bytes:
    return hashlib.sha256(f"{picture.mode} {picture.size} ".encode() + picture.tobytes()).digest()
