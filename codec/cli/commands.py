"""The command line. What takes long to load - numpy, Pillow, torch - is imported where it is first needed."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NoReturn

import click

from wlc import files
from wlc.benchmarks.cli import bench
from wlc.cli import options
from wlc.cli.importing import import_walloc
from wlc.cli.inspecting import inspect
from wlc.cli.jobs import Job, JobFailed, Reporter, about, amount, make_folder, pair, run, say_json, shown
from wlc.cli.sampling import sample
from wlc.cli.splitting import merge, split
from wlc.cli.training import train
from wlc.effort import DEFAULT_EFFORT
from wlc.tuning import DEFAULT_TUNE, MODELS, model_for

if TYPE_CHECKING:
    from wlc.inspection import FileInfo
    from wlc.targets import Target

INTERRUPTED = 130
TERMINATED = 143


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="wlc", prog_name="wlc", message="%(prog)s %(version)s")
def cli() -> None:
    """A learned image codec: pictures into small .wlc files, and back.

    \b
    Examples:
      wlc compress photo.jpg                makes photo.wlc
      wlc decompress photo.wlc back.png     and back
      wlc info photo.wlc                    what a file says of itself
      wlc verify photo.wlc                  whether it is undamaged
      wlc inspect photo.wlc                 its latents as a picture

    "wlc COMMAND --help" explains a command.
    """


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="SRC... [DST]")
@click.option(
    "-q",
    "--quality",
    type=click.FloatRange(1, 100),
    metavar="1..100",
    help="How good, 100 is best. [default: 60]",
)
@click.option("--bpp", type=float, metavar="BITS", help="At most so many bits per pixel, the whole file counted.")
@click.option(
    "--size",
    type=options.Amount(),
    metavar="BYTES",
    help="At most so many bytes: 60k, 1.5M, 64KiB (k is 1000).",
)
@click.option("--psnr", type=float, metavar="DB", help="The smallest file with at least this PSNR.")
@click.option("--lossless", is_flag=True, help="Keep every sample as it is.")
@click.option(
    "--max-error",
    type=click.IntRange(0, 255),
    metavar="N",
    help="No sample off by more than N levels; smaller than lossless.",
)
@options.effort
@click.option(
    "--tune",
    type=click.Choice(list(MODELS)),
    default=DEFAULT_TUNE,
    show_default=True,
    help="What to be good at: every sample near what it was, or structure that people see.",
)
@click.option("--model", metavar="NAME", help="The weights to use, instead of the ones for every purpose.")
@click.option(
    "--coder",
    type=click.Choice(["auto", "range", "webp"]),
    default="auto",
    help="How symbols become bytes; webp makes larger files, for where the range coder cannot be installed.",
)
@click.option(
    "--metadata",
    type=click.Choice(["all", "none"]),
    default="all",
    help="Keep the colour profile, EXIF and XMP, or leave them out.",
)
@options.writing
@options.computing
@options.limited
@options.telling
def compress(
    paths: tuple[str, ...],
    quality: float | None,
    bpp: float | None,
    size: int | None,
    psnr: float | None,
    lossless: bool,
    max_error: int | None,
    effort: int,
    tune: str,
    model: str | None,
    coder: str,
    metadata: str,
    folder: str | None,
    force: bool,
    device: str,
    threads: int | None,
    max_pixels: int | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Make .wlc files of pictures.

    SRC is any picture that Pillow reads, a .npy file of bands x height x width for a model of so many bands, or
    - for standard input. DST is the file to make, or - for standard
    output; without it, photo.jpg becomes photo.wlc beside it. Of -q, --bpp, --size, --psnr, --lossless and
    --max-error, one can be given; --model walloc has one quality and takes none of them.

    \b
    Examples:
      wlc compress photo.jpg
      wlc compress -q 80 photo.jpg small.wlc
      wlc compress --size 60k photo.jpg
      wlc compress -e 9 photo.jpg
      wlc compress --tune visual photo.jpg
      wlc compress --lossless scan.png
      wlc compress --model walloc photo.jpg
      wlc compress -o compressed *.jpg *.png
      curl -s https://example.org/photo.jpg | wlc compress - photo.wlc
    """
    target = _target(quality, bpp, size, psnr, lossless, max_error)
    with _refusing():
        model = model_for(tune, model, target, effort)
    if target.max_error is not None and effort != DEFAULT_EFFORT:
        raise click.UsageError("--effort is for files with a quality; lossless ones have a single way.")
    if folder is None and len(paths) == 2 and _is_picture_name(paths[1]):
        raise click.UsageError(f"{paths[1]} has the name of a picture. For two inputs, give the folder with -o DIR.")
    jobs = _jobs(paths, folder, ".wlc", as_json)

    def step(job: Job, reporter: Reporter) -> None:
        files.must_exist(job.source)
        with about(job.target):
            files.refuse_target(job.target, force=force)
        from wlc.making import made_of
        from wlc.pictures import read_picture

        picture = read_picture(files.read_bytes(job.source), options.limits_with(max_pixels))
        _pass_on(picture.notes, job, reporter)
        started = time.perf_counter()
        kept = picture if metadata == "all" else picture.without_metadata()
        how = {"model": model, "coder": coder, "device": device, "threads": threads}
        made = made_of(kept, target, effort=effort, with_psnr=as_json or not quiet, **how)
        seconds = time.perf_counter() - started
        with about(job.target):
            files.write_bytes(job.target, made.data, force=force)
        bits = 8 * len(made.data) / (picture.width * picture.height)
        if as_json:
            say_json(
                {
                    "source": job.source,
                    "target": job.target,
                    "bytes": len(made.data),
                    "width": picture.width,
                    "height": picture.height,
                    "bpp": bits,
                    "psnr": made.psnr,
                    "rate_index": made.rate_index,
                    "seconds": seconds,
                    "notes": picture.notes,
                }
            )
        elif not quiet:
            reporter.say(
                f"{shown(job.source)} -> {shown(job.target)}: {amount(len(made.data))}, {bits:.3f} bpp, "
                f"{_closeness(made.psnr)}, {seconds:.1f} s"
            )

    return run(jobs, step, quiet=quiet)


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="SRC... [DST]")
@click.option(
    "--reduce",
    type=click.IntRange(0, 3),
    default=0,
    metavar="1|2|3",
    help="Make the picture at 1/2, 1/4 or 1/8 of its size; the beginning of a file is enough for that.",
)
@click.option(
    "--upto",
    type=options.Amount(),
    metavar="BYTES",
    help="Use only so many bytes from the beginning, as if the rest were still on its way.",
)
@options.writing
@options.computing
@options.limited
@options.telling
def decompress(
    paths: tuple[str, ...],
    reduce: int,
    upto: int | None,
    folder: str | None,
    force: bool,
    device: str,
    threads: int | None,
    max_pixels: int | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Turn .wlc files into pictures again.

    SRC is a .wlc file, or - for standard input. DST is the picture to make, in the format that its name asks
    for (.png, .jpg, .webp, .avif, .tif, ..., and .npy for bands), or - for a PNG on standard output; without it,
    photo.wlc becomes photo.png beside it.

    \b
    Examples:
      wlc decompress photo.wlc
      wlc decompress photo.wlc back.tif
      wlc decompress --reduce 2 photo.wlc thumbnail.png
      wlc decompress -o pictures *.wlc
    """
    jobs = _jobs(paths, folder, ".png", as_json)

    def step(job: Job, reporter: Reporter) -> None:
        from wlc.pictures.formats import fitted_to, format_for, write_picture

        files.must_exist(job.source)
        with about(job.target):
            files.refuse_target(job.target, force=force)
            format = format_for(job.target)
        data = files.read_bytes(job.source)
        from wlc.decode import decode

        started = time.perf_counter()
        picture = decode(
            data, reduce=reduce, upto=upto, device=device, threads=threads, limits=options.limits_with(max_pixels)
        )
        seconds = time.perf_counter() - started
        with about(job.target):
            picture = fitted_to(picture, format)
            files.write_bytes(job.target, write_picture(picture, format), force=force)
        _pass_on(picture.notes, job, reporter)
        if as_json:
            say_json(
                {
                    "source": job.source,
                    "target": job.target,
                    "width": picture.width,
                    "height": picture.height,
                    "layout": picture.layout,
                    "bit_depth": picture.bit_depth,
                    "seconds": seconds,
                    "notes": picture.notes,
                }
            )
        else:
            reporter.say(
                f"{shown(job.source)} -> {shown(job.target)}: "
                f"{picture.width}x{picture.height} {picture.layout}, {seconds:.1f} s"
            )

    return run(jobs, step, quiet=quiet)


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="FILE...")
@options.limited
@click.option("--json", "as_json", is_flag=True, help="One JSON object per file.")
def info(paths: tuple[str, ...], max_pixels: int | None, as_json: bool) -> int:
    """Say what .wlc files are, without decoding them.

    \b
    Examples:
      wlc info photo.wlc
      wlc info --json *.wlc
    """

    def step(job: Job, reporter: Reporter) -> None:
        from wlc.inspection import info as look_at

        found = look_at(files.read_bytes(job.source), limits=options.limits_with(max_pixels))
        if as_json:
            say_json({"file": job.source, **asdict(found)})
        else:
            click.echo(f"{shown(job.source)}:\n" + _in_words(found))

    return run([Job(path) for path in paths], step, quiet=True)


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="FILE...")
@click.option("--quick", is_flag=True, help="Check structure and checksums only, without decoding.")
@options.computing
@options.limited
@options.telling
def verify(
    paths: tuple[str, ...],
    quick: bool,
    device: str,
    threads: int | None,
    max_pixels: int | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Check that .wlc files are whole and can be decoded.

    Structure and checksums are checked first, then everything is decoded and thrown away. The exit code is 0
    if all files are sound, 3 for a damaged one, 4 for one that needs a newer wlc, 5 for one whose weights are
    not installed, 6 for one that is over the limits.

    \b
    Examples:
      wlc verify photo.wlc
      wlc verify --quick --quiet archive/*.wlc
    """

    def step(job: Job, reporter: Reporter) -> None:
        from wlc.inspection import verify as check

        data = files.read_bytes(job.source)
        check(data, quick=quick, device=device, threads=threads, limits=options.limits_with(max_pixels))
        if as_json:
            say_json({"file": job.source, "sound": True, "decoded": not quick, "bytes": len(data)})
        else:
            reporter.say(f"{shown(job.source)}: sound" + (" (not decoded)" if quick else ""))

    return run([Job(path) for path in paths], step, quiet=quiet)


cli.add_command(inspect)
cli.add_command(split)
cli.add_command(merge)
cli.add_command(sample)
cli.add_command(train)
cli.add_command(bench)
cli.add_command(import_walloc)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line; the exit code."""
    with contextlib.suppress(ValueError):  # only the main thread may set it, and only there it is needed
        signal.signal(signal.SIGTERM, _terminate)
    try:
        return cli.main(argv, prog_name="wlc", standalone_mode=False) or 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("wlc: interrupted", err=True)
        return INTERRUPTED
    except JobFailed as failure:  # before the first file, such as an output folder that cannot be made
        click.echo(str(failure), err=True)
        return failure.exit_code


def _terminate(*_: Any) -> NoReturn:
    """As an exception, so that what is half written is taken away on the way out."""
    sys.exit(TERMINATED)


def _closeness(psnr: float) -> str:
    return "lossless" if psnr == float("inf") else f"{psnr:.2f} dB"


def _target(*wishes: float | None) -> Target:
    from wlc.targets import Target

    with _refusing():
        return Target(*wishes)


@contextlib.contextmanager
def _refusing() -> Iterator[None]:
    """What the library does not take, as wrong usage."""
    try:
        yield
    except ValueError as error:
        raise click.UsageError(f"{error}.".capitalize()) from None


def _is_picture_name(path: str) -> bool:
    """Whether somebody who wrote `wlc compress *.png` would lose this to the first of them."""
    from PIL import Image

    return os.path.splitext(path)[1].lower() in Image.registered_extensions()


def _jobs(paths: Sequence[str], folder: str | None, suffix: str, as_json: bool) -> list[Job]:
    """What is to be made of what; the folder for it is there afterwards."""
    jobs = pair(paths, folder, suffix)
    if as_json and any(job.target == files.STREAM for job in jobs):
        raise click.UsageError("--json and the file itself cannot both go to standard output.")
    make_folder(folder)
    return jobs


def _pass_on(notes: Sequence[str], job: Job, reporter: Reporter) -> None:
    for note in notes:
        reporter.say(f"wlc: {shown(job.source)}: note: {note}")


def _quality_in_words(found: FileInfo) -> str:
    if found.quality is None and found.max_error is None:
        return "the one that its model has"
    if found.max_error is None:
        return f"{found.quality} of 100 (rate index {found.rate_index})"
    return f"every sample within {found.max_error} levels" if found.max_error else "lossless"


def _layout_in_words(found: FileInfo) -> str:
    return f"{found.channels} bands" if found.layout == "BANDS" else found.layout


def _in_words(found: FileInfo) -> str:
    carried = {"ICC": found.icc_size, "EXIF": found.exif_size, "XMP": found.xmp_size}
    lines = {
        "picture": f"{found.width}x{found.height} {_layout_in_words(found)}, {found.bit_depth} bits",
        "file": f"{amount(found.size)}, {found.bpp:.3f} bpp, format {found.format_version}",
        "quality": _quality_in_words(found),
        "model": f"{found.model or 'not installed'} ({found.fingerprint})",
        "latents": f"{found.latent_channels} channels of {found.latent_bits} bits" if found.latent_channels else "",
        "coder": found.coder,
        "levels": ", ".join(amount(size) for size in found.level_sizes),
        "tiles": str(found.tiles),
        "alpha": amount(found.alpha_size) if found.alpha_size else "none",
        "metadata": ", ".join(f"{name} {amount(size)}" for name, size in carried.items() if size) or "none",
    }
    return "".join(f"  {name:9} {line}\n" for name, line in lines.items() if line).rstrip("\n")
