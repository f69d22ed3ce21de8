"""`wlc import-walloc`: a WaLLoC checkpoint as a file that is safe to pass on."""

from __future__ import annotations

from pathlib import Path

import click

from wlc import files
from wlc.bitstream.errors import CorruptFile, WlcError
from wlc.cli.jobs import Job, Reporter, about, amount, run, shown


@click.command("import-walloc")
@click.argument("checkpoint", metavar="CKPT.pth")
@click.argument("target", metavar="OUT.safetensors")
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE.json",
    help="The settings published beside the checkpoint, if they are not in it.",
)
@click.option("--channels", type=click.IntRange(min=1), metavar="N", help="Channels of the signal.")
@click.option("--levels", type=click.IntRange(min=1), metavar="J", help="Levels of the transform.")
@click.option("--latent-bits", type=click.IntRange(2, 16), metavar="N", help="Bits of a latent.")
@click.option(
    "--data",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    metavar="DIR|TAR",
    help="Pictures of the kind that will be compressed: .wlc files become one or two percent smaller.",
)
@click.option("-f", "--force", is_flag=True, help="Overwrite a file that is already there.")
@click.option("--quiet", is_flag=True, help="Report nothing but errors.")
def import_walloc(
    checkpoint: str,
    target: str,
    config: str | None,
    channels: int | None,
    levels: int | None,
    latent_bits: int | None,
    data: tuple[Path, ...],
    force: bool,
    quiet: bool,
) -> int:
    """Turn a WaLLoC checkpoint into a safetensors file.

    A checkpoint is a pickle, and reading a pickle can run what its author likes. This is the only command that
    reads one. It does so with torch's weights_only=True, which lets in tensors and plain settings and refuses
    everything else. The file that it makes holds numbers and names, nothing that could be run.

    Channels, levels and bits are taken from the checkpoint, from --config, or from options, which count most.

    "wlc compress --model OUT.safetensors" then makes .wlc files with it; to read them, OUT.safetensors must lie in
    a folder that the environment variable WLC_MODEL_PATH names. In Python,
    wlc.models.walloc.Walloc.load("OUT.safetensors") gives the codec.

    \b
    Examples:
      wlc import-walloc RGB_16x.pth RGB_16x.safetensors --config RGB_16x.json
      wlc import-walloc v0.6.3_ext.pth old.safetensors --latent-bits 5
    """
    given = {"channels": channels, "J": levels, "latent_bits": latent_bits}

    def step(job: Job, reporter: Reporter) -> None:
        files.must_exist(job.source)
        with about(job.target):
            files.refuse_target(job.target, force=force)
        told = _settings_in(config) if config is not None else {}
        pickled = files.read_bytes(job.source)
        from wlc.autoencoder_freezing import tables_from
        from wlc.freezing import as_arrays
        from wlc.models.walloc.checkpoint import UnreadableCheckpoint, read_checkpoint
        from wlc.models.walloc.codec_file import build, serialise
        from wlc.models.walloc.sizes import NotTold

        try:
            tensors, inside = read_checkpoint(pickled)
            codec = build(tensors, {**inside, **told, **{name: n for name, n in given.items() if n is not None}})
            # Sound is not kept in .wlc files, so nothing has to code its latents.
            tables = as_arrays(tables_from(codec, list(data))) if codec.axes == 2 else {}
        except UnreadableCheckpoint as error:
            raise CorruptFile(str(error)) from error
        except NotTold as error:
            raise WlcError(f"{error}; --config or options can say it") from error
        except ValueError as error:
            raise WlcError(str(error)) from error
        made = serialise(codec, tables)
        with about(job.target):
            files.write_bytes(job.target, made, force=force)
        reporter.say(f"{shown(job.source)} -> {shown(job.target)}: {type(codec).__name__}, {amount(len(made))}")

    return run([Job(checkpoint, target)], step, quiet=quiet)


def _settings_in(path: str) -> dict[str, object]:
    import json

    with about(path):
        try:
            settings = json.loads(files.read_bytes(path))
        except ValueError as error:
            raise WlcError("this is not JSON") from error
        if not isinstance(settings, dict):
            raise WlcError("these are not settings: there must be names and values")
    return settings
