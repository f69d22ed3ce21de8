"""`wlc split` and `wlc merge`: a picture as two of half its size, and back."""

from __future__ import annotations

import os

import click

from wlc import files
from wlc.cli import options, png_target
from wlc.cli.jobs import Job, Reporter, about, run, say_json, shown

_TRANSFORMS = ("wae", "9/7", "haar")
_model = click.option(
    "--model", default="wae", show_default=True, metavar="NAME", help="The weights of the learned transform."
)


@click.command()
@click.argument("path", metavar="PICTURE")
@click.option("--low", required=True, metavar="LOW.png", help="Where the low half goes.")
@click.option("--high", required=True, metavar="HIGH.png", help="Where the high half goes.")
@click.option(
    "--transform",
    type=click.Choice(_TRANSFORMS),
    default="wae",
    show_default=True,
    help="wae is learned, and its high half is as small as the low one. 9/7 and haar are fixed wavelets; their high "
    "half is three times as wide: details along rows, along columns and along both.",
)
@click.option("--panel", metavar="PANEL.png", help="Also draw the picture, its halves and what comes back of them.")
@_model
@click.option("-f", "--force", is_flag=True, help="Overwrite files that are already there.")
@options.limited
@options.telling
def split(
    path: str,
    low: str,
    high: str,
    transform: str,
    panel: str | None,
    model: str,
    force: bool,
    max_pixels: int | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Split a picture into two of half its width and height: one that looks like it, one with the details.

    Both are ordinary 8-bit PNG pictures, and "wlc merge" makes the picture of them again. Where there is no detail,
    the high half is middle grey. What is reported: how close the picture would come back (PSNR), and how much of the
    energy, which is what differs from the mean colour, is in the high half.

    \b
    Examples:
      wlc split photo.jpg --low low.png --high high.png
      wlc split photo.jpg --low low.png --high high.png --transform 9/7 --panel panel.png
      wlc merge low.png high.png back.png
    """

    def step(job: Job, reporter: Reporter) -> None:
        files.must_exist(job.source)
        targets = [target for target in (low, high, panel) if target is not None]
        _refuse(targets, force)
        from wlc import halves
        from wlc.pictures import read_picture
        from wlc.targets import psnr

        picture = read_picture(files.read_bytes(job.source), options.limits_with(max_pixels))
        made = halves.split(picture, transform, model)
        back = halves.merge(made, model)
        decibels = psnr(picture, back)
        contents = [halves.to_png(half, made.note) for half in (made.low, made.high)]
        if panel is not None:
            from wlc.halves_panel import draw_panel

            contents.append(draw_panel(picture, made, back, decibels))
        for target, content in zip(targets, contents, strict=True):
            with about(target):
                files.write_bytes(target, content, force=force)
        if as_json:
            say_json(
                {"source": job.source, "low": low, "high": high, "transform": transform, "psnr": decibels}
                | {"high_energy": made.high_share}
            )
        else:
            reporter.say(
                f"{shown(job.source)} -> {low} + {high}: {decibels:.2f} dB when merged; energy "
                f"{100 - 100 * made.high_share:.2f} % low, {100 * made.high_share:.2f} % high"
            )

    return run([Job(path)], step, quiet=quiet)


@click.command()
@click.argument("low", metavar="LOW.png")
@click.argument("high", metavar="HIGH.png")
@click.argument("target", metavar="OUT.png")
@click.option(
    "--transform",
    type=click.Choice(_TRANSFORMS),
    help="How the halves were made; needed only if other programs took that note out of them.",
)
@_model
@click.option("-f", "--force", is_flag=True, help="Overwrite a file that is already there.")
@options.limited
@click.option("--quiet", is_flag=True, help="Report nothing but errors.")
def merge(
    low: str,
    high: str,
    target: str,
    transform: str | None,
    model: str,
    force: bool,
    max_pixels: int | None,
    quiet: bool,
) -> int:
    """Make a picture of the two halves that "wlc split" made. Edit the halves before, and see what they are good for.

    \b
    Example:
      wlc merge low.png high.png back.png
    """

    def step(job: Job, reporter: Reporter) -> None:
        for source in (low, high):
            with about(source):
                files.must_exist(source)
        _refuse([target], force)
        from wlc import halves
        from wlc.pictures import read_picture

        read = []
        for source in (low, high):
            with about(source):
                data = files.read_bytes(source)
                read.append(halves.from_png(read_picture(data, options.limits_with(max_pixels)), data))
        (low_half, low_note), (high_half, high_note) = read
        note = halves.note_of(low_note, high_note, transform, low_half.shape[1::-1])
        back = halves.merge(halves.Halves(note, low_half, high_half), model)
        png_target.write(halves.image_of(back), target, force=force)
        reporter.say(f"{low} + {high} -> {shown(target)}: {back.width}x{back.height}, {note.transform}")

    return run([Job(low, target)], step, quiet=quiet)


def _refuse(targets: list[str], force: bool) -> None:
    """What cannot be written, before anything is computed for it."""
    for target in targets:
        png_target.refuse_target(target, "halves and pictures made of them are", force=force)
    if len(set(map(os.path.abspath, targets))) < len(targets):
        raise click.UsageError("Each output needs a name of its own.")
