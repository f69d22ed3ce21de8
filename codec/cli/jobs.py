"""What all commands share: which file goes where, one after the other, and a sentence when one goes wrong."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

import click

from wlc.bitstream.errors import WlcError
from wlc.files import STREAM, plain_sentence

FAILED = 1
_BAR_WIDTH = 24


@dataclass(frozen=True)
class Job:
    """One input and, for commands that write, where its output goes."""

    source: str
    target: str | None = None


class JobFailed(Exception):
    """One file's failure: said on one line, and the others still get their turn."""

    def __init__(self, name: str, sentence: str, exit_code: int) -> None:
        super().__init__(f"wlc: {shown(name)}: {sentence}")
        self.exit_code = exit_code


def pair(paths: Sequence[str], folder: str | None, suffix: str) -> list[Job]:
    """`SRC`, `SRC DST`, or any number of sources with a folder for what they become."""
    if folder is not None:
        return _into_folder(paths, folder, suffix)
    if len(paths) > 2:
        raise click.UsageError("For more than one input, give the output folder with -o DIR.")
    if len(paths) == 2:
        return [Job(paths[0], paths[1])]
    source = paths[0]
    return [Job(source, STREAM if source == STREAM else _renamed(source, suffix))]


def _into_folder(paths: Sequence[str], folder: str, suffix: str) -> list[Job]:
    taken: dict[str, str] = {}
    for source in paths:
        if source == STREAM:
            raise click.UsageError("Standard input has no name; it cannot be used with -o DIR.")
        target = os.path.join(folder, os.path.basename(_renamed(source, suffix)))
        if target in taken:
            raise click.UsageError(f"{taken[target]} and {source} would both become {target}.")
        taken[target] = source
    return [Job(source, target) for target, source in taken.items()]


def _renamed(source: str, suffix: str) -> str:
    return os.path.splitext(source)[0] + suffix


def make_folder(folder: str | None) -> None:
    if folder is not None:
        with about(folder):
            os.makedirs(folder, exist_ok=True)


@contextlib.contextmanager
def about(name: str) -> Iterator[None]:
    """Whatever goes wrong inside goes wrong with this file."""
    try:
        yield
    except (JobFailed, BrokenPipeError, click.ClickException, click.exceptions.Exit, click.Abort):
        raise
    except WlcError as error:
        raise JobFailed(name, str(error), error.exit_code) from error
    except OSError as error:
        raise JobFailed(name, plain_sentence(error), FAILED) from error
    except MemoryError as error:
        raise JobFailed(name, "there is not enough memory for this", FAILED) from error
    except Exception as error:
        if os.environ.get("WLC_DEBUG"):
            raise
        sentence = f"this should not have happened: {type(error).__name__}: {error} (WLC_DEBUG=1 shows where)"
        raise JobFailed(name, " ".join(sentence.split()), FAILED) from error


class Reporter:
    """Lines on standard error, above a bar that shows how far many files have come."""

    def __init__(self, total: int, *, quiet: bool = False, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._quiet = quiet
        self._total = total if total > 1 and not quiet and self._stream.isatty() else 0
        self._done = 0

    def say(self, line: str) -> None:
        """For people who want to know; not with --quiet."""
        if not self._quiet:
            self.complain(line)

    def complain(self, line: str) -> None:
        """For people who must know."""
        self._stream.write(f"{self._clear()}{line}\n")
        self._draw()

    def advance(self, done: int = 1) -> None:
        self._done += done
        self._draw()

    def close(self) -> None:
        self._stream.write(self._clear())
        self._stream.flush()

    def _clear(self) -> str:
        return "\r\x1b[K" if self._total else ""

    def _draw(self) -> None:
        if self._total:
            full = _BAR_WIDTH * self._done // self._total
            bar = "#" * full + "-" * (_BAR_WIDTH - full)
            self._stream.write(f"{self._clear()}[{bar}] {self._done} of {self._total}")
        self._stream.flush()


def run(jobs: Sequence[Job], step: Callable[[Job, Reporter], None], *, quiet: bool = False) -> int:
    """Each job in turn, the rest even if one fails; the exit code of the first that did, or 0."""
    reporter, exit_code = Reporter(len(jobs), quiet=quiet), 0
    reporter.advance(0)
    try:
        for job in jobs:
            try:
                with about(job.source):
                    step(job, reporter)
            except JobFailed as failure:
                reporter.complain(str(failure))
                exit_code = exit_code or failure.exit_code
            reporter.advance()
    finally:
        reporter.close()
    return exit_code


def shown(name: str | None) -> str:
    """A stream's name is `-` only on the command line."""
    return "(stream)" if name == STREAM else str(name)


def say_json(record: dict[str, Any]) -> None:
    """One object a line. JSON knows no infinity, so a PSNR without any error is null."""
    known = {key: None if value in (float("inf"), float("-inf")) else value for key, value in record.items()}
    click.echo(json.dumps(known))


def amount(size: int) -> str:
    """Bytes for people, in the units of `--size`: 1 kB is 1000 bytes."""
    if size < 1000:
        return f"{size} byte" + "s" * (size != 1)
    return f"{size / 1000:.1f} kB" if size < 1_000_000 else f"{size / 1_000_000:.2f} MB"
