"""`wlc sample`: new tiles, made by a model."""

from __future__ import annotations

import click

from wlc.cli import options, png_target
from wlc.cli.jobs import Job, Reporter, run, shown


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
        png_target.refuse_target(target, "new tiles are a", force=force)
        from wlc.new_tiles import new_tiles

        limits = options.limits_with(max_pixels)
        made = new_tiles(model, count=count, size=size, seed=seed, device=device, threads=threads, limits=limits)
        png_target.write(made, target, force=force)
        reporter.say(f"{shown(model)} -> {shown(target)}: {made.width}x{made.height}, seed {seed}")

    return run([Job(model, target)], step, quiet=quiet)
