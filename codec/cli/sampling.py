"""`wlc sample`: new tiles, made by a model."""

from __future__ import annotations

import io
import os

import click

from wlc import files
from wlc.bitstream.errors import WlcError
from wlc.cli import options
from wlc.cli.jobs import Job, Reporter, about, run, shown


@click.command()
@click.argument("model", metavar="MODEL")
@click.option("-o", "--output", "target", required=True, metavar="TILES.png", help="The PNG to make.")
@click.option("--count", type=click.IntRange(min=1), default=1, show_default=True, help="How many, on one picture.")
@click.option("--size", type=click.IntRange(min=1), default=160, show_default=True, help="Pixels a side of each.")
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), default=0, show_default=True, help="Another seed, other tiles."
)
@click.option("-f", "--force", is_flag=True, help="Overwrite a file that is already there.")
@options.computing
@options.limited
@click.option("--quiet", is_flag=True, help="Report nothing but errors.")
def sample(
    model: str,
    target: str,
    count: int,
    size: int,
    seed: int,
    force: bool,
    device: str,
    threads: int | None,
    max_pixels: int | None,
    quiet: bool,
) -> int:
    """Make new tiles with a microscopy model that was trained with --variational.

    MODEL is the name of installed weights, or a weights file. Each place of the code is drawn by itself, from the
    standard normal distribution that training brought codes close to. So tiles show the colours and the grain of the
    stain, but no cells: what lies next to what is not drawn.

    \b
    Example:
      wlc sample training/stains.safetensors -o tiles.png --count 8 --seed 3
    """

    def step(job: Job, reporter: Reporter) -> None:
        with about(target):
            if target != files.STREAM and os.path.splitext(target)[1].lower() not in ("", ".png"):
                raise WlcError("new tiles are a PNG; give it a name that ends in .png")
            files.refuse_target(target, force=force)
        from wlc.new_tiles import new_tiles

        limits = options.limits_with(max_pixels)
        made = new_tiles(model, count=count, size=size, seed=seed, device=device, threads=threads, limits=limits)
        stream = io.BytesIO()
        made.save(stream, "PNG")
        with about(target):
            files.write_bytes(target, stream.getvalue(), force=force)
        reporter.say(f"{shown(model)} -> {shown(target)}: {made.width}x{made.height}, seed {seed}")

    return run([Job(model, target)], step, quiet=quiet)
