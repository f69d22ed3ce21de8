"""What the range coder, the container and the integer nets cost, each against its ideal.

    wlc bench code-length DIR [--checkpoint TRAINING_FOLDER]

The ideal length of a file is what its tables say of the symbols in it. The real file is compared with that. With a
training checkpoint the integer scale nets are compared with the same nets in float, on the same symbols.
"""

import json
from pathlib import Path

import click
import numpy as np
import torch
from PIL import Image

from wlc.benchmarks.pictures import pictures_of
from wlc.decode import decode_symbols
from wlc.encode import Encoder
from wlc.freezing import running_model, trained_model
from wlc.loaded import Loaded, by_name
from wlc.models.groups import GROUPS, first_half
from wlc.models.scale_nets import ScaleNets, log_scale
from wlc.models.symbols import costs, with_indices
from wlc.models.training import checkpoint
from wlc.models.training.objective import logistic_bits
from wlc.pass_leans import tables_leaning
from wlc.pictures import read_picture


@click.command()
@click.argument("folder", envvar="WLC_KODAK", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--rates", default="20,48,80,112,144,176", show_default=True, help="Rate indices, 0 to 255.")
@click.option(
    "--checkpoint",
    "source",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with the checkpoint that the weights were frozen from.",
)
@click.option("--first", type=click.IntRange(min=1), help="Only so many pictures.")
def code_length(folder: Path, rates: str, source: Path | None, first: int | None) -> None:
    """Real against ideal bytes of files, and integer against float scale nets, over the pictures in FOLDER."""
    loaded = by_name(None, "cpu")
    twins = _twins(source) if source else None
    pictures = pictures_of(folder, first)
    for rate_index in (int(rate) for rate in rates.split(",")):
        totals = np.zeros(4)
        pixels = 0
        for _, picture in pictures:
            totals += _bits(loaded, twins, picture, rate_index)
            pixels += picture.width * picture.height
        real, ideal, exact, twin = totals
        line = f"rate index {rate_index:3}: {real / pixels:.4f} bpp, file over ideal {real / ideal - 1:+.3%}"
        if twins:
            line += f", integer nets over float twins {exact / twin - 1:+.3%}"
        click.echo(line)


@torch.no_grad()
def _bits(loaded: Loaded, twins: tuple[ScaleNets, ScaleNets] | None, picture: Image.Image, rate_index: int):
    """Bits of the real file and of its ideal; and, under logistic distributions, of integer nets and float twins."""
    data = Encoder(read_picture(picture), device="cpu").at(rate_index)
    symbols = decode_symbols(data, device="cpu")
    ideal = 0.0
    for named in with_indices(loaded.model, symbols, rate_index):
        ideal += costs(loaded.bits, tables_leaning(named, loaded.costs))(named.symbols.abs()).double().sum().item()
    exact, twin = (_logistic(nets, symbols, rate_index) for nets in twins) if twins else (0.0, 0.0)
    return np.array([len(data) * 8, ideal, exact, twin])


def _logistic(nets: ScaleNets, symbols: list[torch.Tensor], rate_index: int) -> float:
    outputs = _outputs(nets, symbols, rate_index)
    return sum(
        logistic_bits(chosen.abs(), log_scale(raw)).double().sum().item()
        for raw, chosen in zip(outputs, symbols, strict=True)
    )


def _outputs(nets: ScaleNets, symbols: list[torch.Tensor], rate_index: int) -> list[torch.Tensor]:
    """What the nets say of every symbol, given those before it."""
    context = nets.start(torch.tensor([rate_index]), *symbols[-1].shape[-2:])
    outputs = []
    for chosen, group in zip(symbols, GROUPS, strict=True):
        mask = first_half(group.channels, *chosen.shape[-2:])
        first = context.first()
        outputs.append(torch.where(mask, first, context.second(chosen)))
        context.take(chosen)
    return outputs


def _twins(source: Path) -> tuple[ScaleNets, ScaleNets]:
    """The integer nets, and the float nets that they were rounded from."""
    tensors, notes = checkpoint.load(source)
    config = json.loads(notes["config"])
    trained = trained_model(tensors, config).scale_nets
    trained.without_rounding()
    return running_model(tensors, config).scale_nets, trained
