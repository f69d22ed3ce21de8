"""`wlc inspect`: the latents of a file as a picture."""

from __future__ import annotations

import os

import click

from wlc import files
from wlc.cli import options, png_target
from wlc.cli.jobs import Job, Reporter, run, shown

_SUFFIX = ".latents.png"


class _Channel(click.ParamType):
    """A number, or the word for a mixture of all."""

    name = "channel"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> str | int:
        if isinstance(value, int) or value == "pca":
            return value
        if not value.isdecimal():
            self.fail(f'{value!r} is neither the number of a channel nor "pca".', param, ctx)
        return int(value)


@click.command()
@click.argument("path", metavar="FILE")
@click.option("-o", "--output", "target", metavar="PANEL", help="The PNG to make. [default: photo.latents.png]")
@click.option("-f", "--force", is_flag=True, help="Overwrite a file that is already there.")
@click.option(
    "--stretch",
    type=click.Choice(["min-max", "2-98"]),
    default="2-98",
    show_default=True,
    help="What becomes black and white in each channel: its extremes, or its 2nd and 98th percentile.",
)
@click.option("--equalise", is_flag=True, help="Make every shade of a channel as common as any other.")
@click.option("--clahe", is_flag=True, help="Equalise part by part, with limited contrast.")
@click.option("--channel", type=_Channel(), metavar="N|pca", help="One channel, or the first principal component.")
@click.option(
    "--levels",
    type=click.IntRange(1, 4),
    default=4,
    metavar="1..4",
    help="Only so many levels, coarsest first; the file may be cut off after them.",
)
@options.computing
@options.limited
def inspect(
    path: str,
    target: str | None,
    force: bool,
    stretch: str,
    equalise: bool,
    clahe: bool,
    channel: int | str | None,
    levels: int,
    device: str,
    threads: int | None,
    max_pixels: int | None,
) -> int:
    """Draw the latents of a lossy .wlc file: all channels or one, the bits of each group, how often which symbol is.

    \b
    Examples:
      wlc inspect photo.wlc
      wlc inspect photo.wlc -o panel.png --clahe
      wlc inspect photo.wlc --channel pca --stretch min-max -o component.png
    """
    if equalise and clahe:
        raise click.UsageError("Of --equalise and --clahe, one can be given.")

    def step(job: Job, reporter: Reporter) -> None:
        files.must_exist(job.source)
        png_target.refuse_target(job.target, "the panel is a", force=force)
        from wlc.coded_groups import coded_groups
        from wlc.panel import View, draw_panel

        data = files.read_bytes(job.source)
        limits = options.limits_with(max_pixels)
        coded = coded_groups(data, levels=levels, device=device, threads=threads, limits=limits)
        view = View(stretch, equalise, clahe, channel)
        try:
            panel = draw_panel(coded, view, shown(os.path.basename(job.source)))
        except ValueError as error:
            raise click.UsageError(f"{error}.".capitalize()) from None
        png_target.write(panel, job.target, force=force)
        reporter.say(f"{shown(job.source)} -> {shown(job.target)}: {panel.width}x{panel.height}")

    return run([Job(path, target or _default_target(path))], step)


def _default_target(path: str) -> str:
    return files.STREAM if path == files.STREAM else os.path.splitext(path)[0] + _SUFFIX
