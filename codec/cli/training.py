"""`wlc train`: make weights from your own pictures."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

_EXISTING = click.Path(exists=True, path_type=Path)
_WITH_FEATURES, _WITH_MS_SSIM = "mse+feature", "mse+ms-ssim"
_Command = TypeVar("_Command", bound=Callable[..., Any])
_WAE_DEFAULTS = {"steps": 1000, "batch": 16, "crop": 64, "learning_rate": 2e-3, "averaging": 0.99}


@click.group()
def train() -> None:
    """Train the nets on your own pictures."""


def _running(command: _Command) -> _Command:
    """The options that every training has."""
    options = (
        click.option("--data", multiple=True, required=True, type=_EXISTING, metavar="DIR|TAR",
                     help="Training pictures, a folder or a tar file; may be given several times."),
        click.option("--validation", multiple=True, type=_EXISTING, metavar="DIR|TAR",
                     help="Held-out pictures, looked at but never learned from."),
        click.option("-o", "--output", required=True, type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
                     help="Where the checkpoint and the finished weights go; a checkpoint that is there is gone on "
                          "from."),
        click.option("--name", default="mine", show_default=True, help="Name of the finished weights."),
        click.option("--steps", default=20_000, show_default=True, help="Steps in all, earlier runs included."),
        click.option("--minutes", default=math.inf, metavar="N", help="Or so many minutes in all, whichever comes "
                                                                      "first."),
        click.option("--batch", default=6, show_default=True, help="Crops a step."),
        click.option("--crop", default=256, show_default=True,
                     help="Side of the crops; for models of the codec, a multiple of 64."),
        click.option("--learning-rate", default=1e-3, show_default=True),
        click.option("--averaging", default=0.998, show_default=True, help="Moving average of the weights."),
        click.option("--device", default="cpu", show_default=True,
                     help="cpu, or cuda; under torchrun, one for each process."),
        click.option("--bf16/--no-bf16", default=False, help="Compute the nets in bfloat16."),
        click.option("--threads", default=0, help="CPU threads; 0 leaves the choice to torch."),
        click.option("--seed", default=0, show_default=True),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def _judging(command: _Command) -> _Command:
    """The options that say what counts as an error."""
    options = (
        click.option(
            "--distortion",
            type=click.Choice(["mse", _WITH_FEATURES, _WITH_MS_SSIM]),
            default="mse",
            show_default=True,
            help="What counts as an error: squared error, or also the distance of what an encoder makes of the "
            "picture and of what came back, or also MS-SSIM, which looks at structure more as people do.",
        ),
        click.option(
            "--features",
            default="photo",
            show_default=True,
            metavar="MODEL",
            help="Whose encoder, for mse+feature: an installed model or a weights file.",
        ),
        click.option(
            "--features-of",
            type=click.Choice(["code", "inner", "both"]),
            default="both",
            show_default=True,
            help="Whether its code is compared, or what its blocks make on the way to it.",
        ),
        click.option(
            "--feature-weight",
            default=100.0,
            show_default=True,
            help="Units of squared error that a distance of 1 is worth.",
        ),
        click.option(
            "--ms-ssim-share",
            default=0.75,
            show_default=True,
            type=click.FloatRange(0, 1, min_open=True),
            help="For mse+ms-ssim: how much of the error is a matter of MS-SSIM, the rest of squared error.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


_SIZES: dict[str, int | str] = {}  # of the lossy model's nets, where neither they nor a model to begin with are given


def _judged(distortion: str, features: str, ms_ssim_share: float, crop: int) -> dict[str, Any]:
    """The settings that these options stand for."""
    from wlc.models.training.distortion import MS_SSIM_CROP

    if distortion == _WITH_MS_SSIM and crop < MS_SSIM_CROP:
        raise click.UsageError(f"MS-SSIM needs crops of {MS_SSIM_CROP} pixels a side or more; --crop 192 will do.")
    return {
        "features": features if distortion == _WITH_FEATURES else None,
        "ms_ssim_share": ms_ssim_share if distortion == _WITH_MS_SSIM else 0.0,
    }


def _size(option: str, default: int | str, help: str | None = None) -> Callable[[_Command], _Command]:
    _SIZES[option.removeprefix("--").replace("-", "_")] = default
    return click.option(option, type=type(default), show_default=str(default), help=help)


@train.command(short_help="The lossy model, from photographs.")
@_running
@_judging
@click.option(
    "--pristine",
    multiple=True,
    type=_EXISTING,
    metavar="DIR|TAR",
    help="Pictures that were never compressed; they teach the high qualities.",
)
@click.option(
    "--from",
    "--grow-from",
    "grow_from",
    metavar="NAME|DIR",
    help="Begin with weights that are there: an installed model such as photo, a weights file, or the folder of a "
    "checkpoint. The nets get its sizes; more blocks and looks may be asked for.",
)
@_size("--encoder-width", 128, help="Sizes of the nets, for new models only.")
@_size("--encoder-blocks", 1)
@_size("--decoder-width", 160)
@_size("--decoder-blocks", 3)
@_size("--scale-widths", "32,32,48,64,96,128")
@_size("--scale-looks", 1)
@_size("--second-looks", 1, help="Of the second passes.")
def lossy(data, pristine, output, name, threads, grow_from, distortion, features, ms_ssim_share, **rest) -> None:
    """Train the lossy model. Run it again to go on from where it stopped; Ctrl-C stops it at a good moment.

    With --from, a model learns what is special about your pictures: half an hour may save more than a tenth of the
    bytes where all pictures are of one kind.

    \b
    Examples:
      wlc train lossy --data photos/ --validation others/ -o training --name photos
      wlc compress --model training/photos.safetensors picture.png
      wlc train lossy --from photo --data cells/ --crop 128 -o training --name cells
      wlc train lossy --from photo --data photos/ --crop 192 --distortion mse+ms-ssim -o visual --name visual
    """
    from wlc.freezing import freeze
    from wlc.models.training.lossy_loop import Settings, Trainer

    if rest["crop"] % 64:
        raise click.UsageError("--crop must be a multiple of 64.")
    config = _lossy_sizes(grow_from, {size: rest.pop(size) for size in _SIZES})
    judged = _judged(distortion, features, ms_ssim_share, rest["crop"])
    settings = Settings(data=data, pristine=pristine, output=output, grow_from=grow_from, **judged, **rest)
    _run(Trainer, settings, config, freeze, list(pristine or data), name, threads)


def _lossy_sizes(origin: str | None, asked: dict[str, int | str | None]):
    """Those asked for, else those of the model to begin with, else the usual ones."""
    from wlc.models.lossy import LossyConfig
    from wlc.models.training.growth import origin_of

    try:
        usual = _SIZES if origin is None else origin_of(origin).sizes
    except ValueError as error:
        raise click.ClickException(f"{error}.") from error
    sizes = {**usual, **{name: value for name, value in asked.items() if value is not None}}
    try:
        if isinstance(sizes["scale_widths"], str):
            sizes["scale_widths"] = [int(width) for width in sizes["scale_widths"].split(",")]
        return LossyConfig.from_dict(sizes)
    except ValueError as error:
        raise click.UsageError(f"--scale-widths must be {len(LossyConfig.scale_widths)} numbers.") from error


@train.command(short_help="The lossless model, from pictures that were never compressed.")
@_running
@click.option("--width", default=64, show_default=True, help="Sizes of the nets, for new models only.")
@click.option("--colour-width", default=32, show_default=True)
@click.option("--looks", default=2, show_default=True)
@click.option(
    "--own-splits",
    default=2,
    show_default=True,
    help="How many of the finest splits have nets of their own; all others share one.",
)
@click.option(
    "--start",
    type=click.Choice(["mean", "legall", "haar"]),
    default="mean",
    show_default=True,
    help="How samples are predicted before anything is learned: from the four nearest, as LeGall's 5/3 "
    "wavelet does, or as Haar's.",
)
def lossless(data, output, name, threads, width, colour_width, looks, own_splits, start, **rest) -> None:
    """Train the lossless model. Run it again to go on from where it stopped; Ctrl-C stops it at a good moment.

    \b
    Example:
      wlc train lossless --data pictures/ --data more.tar --validation others/ -o training --name mine
      wlc compress --lossless --model training/mine.safetensors picture.png
    """
    from wlc.lossless_freezing import freeze_lossless
    from wlc.models.sample_nets import LosslessConfig
    from wlc.models.training.lossless_loop import Settings, Trainer

    config = LosslessConfig(width, colour_width, looks, own_splits, start)
    _run(Trainer, Settings(data=data, output=output, **rest), config, freeze_lossless, list(data), name, threads)


@train.command(short_help="The microscopy autoencoder, from stained tiles.")
@_running
@click.option(
    "--trade-off",
    default=0.1,
    show_default=True,
    help="Bits a pixel that one unit of squared error, of samples 0 to 255, is worth. More makes larger, better files.",
)
@_judging
@click.option(
    "--widths",
    default="64,32,8",
    show_default=True,
    help="Widths of the nets, for new models only: at 1/2 of the size, at 1/4, and beside the code.",
)
@click.option("--blocks", default="1,6,1", show_default=True, help="Residual blocks at each of them.")
@click.option("--code-channels", default=1, show_default=True, help="Planes of the code.")
@click.option(
    "--variational",
    is_flag=True,
    help='For new models only: a variational autoencoder, of which "wlc sample" makes new tiles. The encoder gives a '
    "mean and a variance for each place of the code, and what is drawn from them is decoded. Bits are those of the KL "
    "divergence from the standard normal distribution; --trade-off weighs the error against them.",
)
def microscopy(
    data, output, name, threads, distortion, features, ms_ssim_share, widths, blocks, code_channels, variational, **rest
) -> None:
    """Train the autoencoder that turns a stained tile into one small picture. Run it again to go on from where it
    stopped; Ctrl-C stops it at a good moment.

    \b
    Examples:
      wlc train microscopy --data tiles/ --validation others/ --crop 96 -o training --name stains
      wlc train microscopy --data tiles/ --crop 96 --distortion mse+feature -o training --name stains
      wlc train microscopy --data tiles/ --crop 96 --variational --trade-off 0.2 -o training --name stains
      wlc compress --model training/stains.safetensors tile.png
    """
    from wlc.microscopy_freezing import freeze_microscopy
    from wlc.models.microscopy import MicroscopyConfig
    from wlc.models.training.microscopy_loop import Settings, Trainer

    try:
        sizes = [tuple(int(number) for number in text.split(",")) for text in (widths, blocks)]
        config = MicroscopyConfig(*sizes, code_channels, variational)
    except ValueError as error:
        raise click.UsageError("--widths and --blocks are three numbers each, such as 64,32,8.") from error
    judged = _judged(distortion, features, ms_ssim_share, rest["crop"])
    settings = Settings(data=data, output=output, **judged, **rest)
    _run(Trainer, settings, config, freeze_microscopy, list(data), name, threads)


@train.command(short_help="WaLLoC's codec with a slim decoder, from photographs.")
@_running
@click.option("--latents", default=12, show_default=True, help="Channels of latents, for new models only.")
@click.option("--latent-bits", default=8, show_default=True, type=click.IntRange(2, 16))
@click.option("--levels", default=3, show_default=True, help="Levels of wavelet packets.")
@click.option("--width", default=192, show_default=True, help="Of the decoder.")
@click.option("--blocks", default=6, show_default=True, help="Its depth.")
@click.option(
    "--trade-off",
    default=0.012,
    show_default=True,
    help="Bits a pixel that one unit of squared error is worth: more makes larger files and better pictures.",
)
def walloc(data, output, name, threads, latents, latent_bits, levels, width, blocks, **rest) -> None:
    """Train WaLLoC's codec, with the size of its files in the loss. A model has one quality, which --trade-off sets.

    \b
    Example:
      wlc train walloc --data photos/ --validation others/ -o training --name mine
      wlc compress --model training/mine.safetensors picture.png
    """
    from wlc.autoencoder_freezing import freeze_walloc
    from wlc.models.training.walloc_loop import Settings, SlimConfig, Trainer

    if rest["crop"] % (1 << levels):
        raise click.UsageError(f"--crop must be a multiple of {1 << levels}.")
    config = SlimConfig(J=levels, Nd=width, blocks=blocks, latent_dim=latents, latent_bits=latent_bits)
    _run(Trainer, Settings(data=data, output=output, **rest), config, freeze_walloc, list(data), name, threads)


@train.command(
    short_help="The wavelet-like auto-encoder and its classifier, in three stages.",
    context_settings={
        "default_map": {"steps": 1000, "batch": 16, "crop": 64, "learning_rate": 2e-3, "averaging": 0.99}
    },
)
@_running
@click.option(
    "--stage",
    type=click.IntRange(1, 3),
    default=1,
    show_default=True,
    help="1: the transform alone, from any pictures. 2: a classifier on its halves. 3: both together.",
)
@click.option(
    "--from",
    "before",
    metavar="NAME",
    help="What stage 2 or 3 begins with: weights by name or path. [default: what the stage before made in DIR; for "
    "stage 2 otherwise the weights that come with wlc]",
)
@click.option(
    "--energy-weight",
    default=0.1,
    show_default=True,
    help="How much energy in the high half costs; 0 lets it hold as much as it likes.",
)
def wae(data, validation, output, name, threads, stage, before, energy_weight, **rest) -> None:
    """Train the transform of "wlc split", and a classifier that looks at its halves.

    Stage 1 needs no labels. Stages 2 and 3 learn the names of the folders that pictures lie in: DATA is then one
    folder, or a tar file of one, with CLASS/PICTURES, or train/CLASS/PICTURES and test/CLASS/PICTURES. Whatever lies
    in test is never learned from. In these stages --crop is the side to which all pictures are brought.

    Each stage keeps a checkpoint of its own below DIR. Run it again to go on; Ctrl-C stops it at a good moment.

    \b
    Example:
      wlc train wae --stage 1 --data photos/ -o training --name mine
      wlc train wae --stage 2 --data cells.tar -o training --name mine --crop 160
      wlc train wae --stage 3 --data cells.tar -o training --name mine --crop 160 --learning-rate 1e-3
      wlc split photo.jpg --low low.png --high high.png --model training/mine-1.safetensors
    """
    import torch

    from wlc.models.training import classifier_loop, wae_loop, wae_stages
    from wlc.models.wae.nets import WaeConfig

    if rest["crop"] % 2:
        raise click.UsageError("--crop must be even.")
    if threads:
        torch.set_num_threads(threads)
    made = [output / f"{name}-{number}.safetensors" for number in (1, 2, 3)]
    told = {"data": data, "validation": validation, "output": output / f"stage-{stage}"} | rest
    try:
        if stage == 1:
            wae_stages.first(wae_loop.Settings(**told, energy_weight=energy_weight), WaeConfig(), made[0], click.echo)
            return
        if len(data) > 1 or len(validation) > 1:
            raise click.UsageError("Stages 2 and 3 take one --data and one --validation.")
        if before is None:
            before = str(made[stage - 2]) if made[stage - 2].exists() or stage == 3 else "wae"
        settings = classifier_loop.Settings(**told, frozen=stage == 2, energy_weight=energy_weight)
        wae_stages.later(settings, before, made[stage - 1], click.echo)
    except ValueError as error:
        raise click.ClickException(f"{error}.") from error


def _run(trainer_class, settings, config, freeze, counted: list[Path], name: str, threads: int) -> None:
    """Train, then make weights whose tables are counted on some of the pictures."""
    import torch

    if threads:
        torch.set_num_threads(threads)
    try:
        trainer = trainer_class(settings, config, log=click.echo)
    except ValueError as error:
        raise click.ClickException(f"{error}.") from error
    trainer.run()
    if trainer.leads:
        freeze(settings.output, settings.output / f"{name}.safetensors", counted, log=click.echo)
    trainer.workers.part()


@train.command(short_help="Finished weights from a checkpoint.")
@click.argument("checkpoint", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--data",
    multiple=True,
    required=True,
    type=_EXISTING,
    metavar="DIR|TAR",
    help="Pictures whose symbols are counted for the tables.",
)
@click.option("--crops", type=click.IntRange(min=1), default=600, show_default=True, help="How many crops are counted.")
def freeze(checkpoint, target, data, crops) -> None:
    """Turn a checkpoint into a weights file: integer nets, proven exact, and frequency tables counted from DATA."""
    from wlc.autoencoder_freezing import freeze_walloc
    from wlc.freezing import freeze as freeze_lossy
    from wlc.lossless_freezing import freeze_lossless
    from wlc.microscopy_freezing import freeze_microscopy
    from wlc.models.training.checkpoint import kind_of

    ways = {"lossless": freeze_lossless, "walloc": freeze_walloc, "microscopy": freeze_microscopy}
    try:
        make = ways.get(kind_of(checkpoint), freeze_lossy)
        make(checkpoint, target, list(data), crops, log=click.echo)
    except (FileNotFoundError, ValueError) as error:
        raise click.ClickException(f"{error}.") from error
