"""Options that more than one command has, so that they mean the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import click

from wlc.effort import DEFAULT_EFFORT, MOST_EFFORT

if TYPE_CHECKING:
    from wlc.bitstream.limits import Limits

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "ki": 2**10, "mi": 2**20, "gi": 2**30}
_Command = TypeVar("_Command", bound=Callable[..., Any])


class Amount(click.ParamType):
    """A number of bytes or pixels, with a unit: 60k is 60 000, 60Ki is 61 440."""

    name = "amount"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        text = value.strip().lower().removesuffix("b")
        number = text.rstrip("kmgi")
        try:
            wanted = int(float(number) * _UNITS[text[len(number) :]])
        except (ValueError, KeyError, OverflowError):
            self.fail(f"{value!r} is not an amount such as 60k, 1.5M or 64KiB.", param, ctx)
        if wanted < 1:
            self.fail(f"{value!r} is less than one.", param, ctx)
        return wanted


def _together(*options: Callable[[_Command], _Command]) -> Callable[[_Command], _Command]:
    """Several options that more than one command has, as one decorator."""

    def decorate(command: _Command) -> _Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


writing = _together(
    click.option("-o", "folder", metavar="DIR", help="Put the results into this folder; made if it is not there."),
    click.option("-f", "--force", is_flag=True, help="Overwrite files that are already there."),
)
computing = _together(
    click.option(
        "--device",
        type=click.Choice(["auto", "cpu", "cuda"]),
        default="auto",
        help="Where to compute; auto takes a GPU if there is one.",
    ),
    click.option("-T", "--threads", type=click.IntRange(min=1), metavar="N", help="Processor threads to use."),
)
effort = click.option(
    "-e",
    "--effort",
    type=click.IntRange(0, MOST_EFFORT),
    default=DEFAULT_EFFORT,
    show_default=True,
    metavar=f"0..{MOST_EFFORT}",
    help="How much time to spend on a smaller file of the same quality; reading it takes no longer.",
)
limited = click.option(
    "--max-pixels",
    type=Amount(),
    metavar="N",
    help="Refuse pictures with more pixels than this, before taking memory for them. [default: 268 million]",
)
telling = _together(
    click.option("--json", "as_json", is_flag=True, help="Report on standard output, one JSON object per file."),
    click.option("--quiet", is_flag=True, help="Report nothing but errors."),
)


def limits_with(max_pixels: int | None) -> Limits:
    """What `limited` asks for."""
    from wlc.bitstream.limits import DEFAULT_LIMITS

    return DEFAULT_LIMITS if max_pixels is None else replace(DEFAULT_LIMITS, pixels=max_pixels)
