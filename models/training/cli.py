"""`wlc train`: make weights from your own pictures."""

import math
from pathlib import Path

import click


@click.group()
def train() -> None:
    """Train the nets on your own pictures."""


@train.command()
@click.option("--data", multiple=True, required=True, type=click.Path(exists=True, path_type=Path),
              help="Folder or tar file of training pictures; may be given several times.")
@click.option("--pristine", multiple=True, type=click.Path(exists=True, path_type=Path),
              help="Pictures that were never compressed; they teach the high qualities.")
@click.option("--validation", multiple=True, type=click.Path(exists=True, path_type=Path),
              help="Held-out pictures, looked at but never learned from.")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path, file_okay=False),
              help="Folder for the checkpoint; an existing one is gone on from.")
@click.option("--steps", default=20_000, show_default=True)
@click.option("--minutes", default=math.inf, help="Stop after this long; the learning rate falls accordingly.")
@click.option("--batch", default=6, show_default=True)
@click.option("--crop", default=256, show_default=True, help="Side of the training crops, a multiple of 64.")
@click.option("--learning-rate", default=1e-3, show_default=True)
@click.option("--averaging", default=0.998, show_default=True, help="Moving average of the weights.")
@click.option("--device", default="cpu", show_default=True)
@click.option("--bf16/--no-bf16", default=False, help="Compute the nets in bfloat16.")
@click.option("--threads", default=0, help="CPU threads; 0 leaves the choice to torch.")
@click.option("--seed", default=0, show_default=True)
@click.option("--width", default=128, show_default=True, help="Channels of the encoder net (new models only).")
@click.option("--decoder-width", default=160, show_default=True)
@click.option("--encoder-blocks", default=1, show_default=True)
@click.option("--decoder-blocks", default=3, show_default=True)
@click.option("--scale-widths", default="32,32,48,64,96,128", show_default=True)
def lossy(data, pristine, validation, output, threads, width, decoder_width, encoder_blocks, decoder_blocks,
          scale_widths, **rest) -> None:
    """Train the lossy model; run again to go on from the last checkpoint."""
    import torch

    from ..lossy import LossyConfig
    from .lossy_loop import Settings, Trainer

    if rest["crop"] % 64:
        raise click.UsageError("--crop must be a multiple of 64.")
    if threads:
        torch.set_num_threads(threads)
    config = LossyConfig(width, encoder_blocks, decoder_width, decoder_blocks,
                         tuple(int(w) for w in scale_widths.split(",")))
    settings = Settings(data=data, pristine=pristine, validation=validation, output=output, **rest)
    Trainer(settings, config, log=lambda line: click.echo(line)).run()
