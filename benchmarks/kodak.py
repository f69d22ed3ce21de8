"""Rate and distortion over a folder of pictures, next to other codecs in the same process.

It is named after the 24 pictures that the literature reports on; any folder of lossless pictures will do.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import click

from wlc.benchmarks import codecs as all_codecs
from wlc.benchmarks.codecs import Codec
from wlc.benchmarks.codecs.learned import ARCHITECTURES
from wlc.benchmarks.codecs.lossless import WlcLossless, lossless_peers
from wlc.benchmarks.metrics.judges import missing
from wlc.benchmarks.pictures import Pictures, pictures_of
from wlc.benchmarks.published import published_curves
from wlc.benchmarks.report import report
from wlc.benchmarks.results import RateCurve, Results
from wlc.benchmarks.run import Plan, run

KODAK_PICTURES = 24
_QUICK_PICTURES = 6
_QUICK_CODECS = ("jpeg", "webp", "jxl", "avif")


def _listed(kind: Callable) -> Callable:
    """For click: `1,2,3` as a tuple."""

    def parse(_context: click.Context, option: click.Parameter, text: str | None) -> tuple | None:
        try:
            return None if text is None else tuple(kind(item.strip()) for item in text.split(",") if item.strip())
        except ValueError as reason:
            raise click.BadParameter(f"{reason}.", param=option) from None

    return parse


@click.command(short_help="Rate and distortion of wlc and other codecs over a folder of pictures.")
@click.argument("folder", envvar="WLC_KODAK", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "-o",
    "--out",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where results.json and the page go. [default: out/FOLDER, or out/FOLDER-6 for 6 pictures of it]",
)
@click.option("--quick", is_flag=True, help=f"{_QUICK_PICTURES} pictures, fewer codecs and qualities.")
@click.option("--slow", is_flag=True, help="Also codecs that take minutes: AVIF at speed 2.")
@click.option("--peers", callback=_listed(str), help="Codecs to measure beside wlc: jpeg,avif; an empty text for none.")
@click.option("--no-wlc", is_flag=True, help="Measure the others alone.")
@click.option(
    "--model",
    "models",
    multiple=True,
    help="Only these weights, found in $WLC_MODEL_PATH; otherwise all that are installed. May be given several times.",
)
@click.option("--device", default="auto", show_default=True, help="Where wlc runs: cpu or cuda.")
@click.option("--qualities", callback=_listed(float), help="Qualities of wlc, 1 to 100: 10,30,50.")
@click.option(
    "--metrics",
    callback=_listed(str),
    default="ms_ssim,ssimulacra2",
    show_default=True,
    help="Measured beside PSNR; an empty text for none.",
)
@click.option(
    "--anchors",
    envvar="WLC_ANCHORS",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JSON file of published curves to compare with (or $WLC_ANCHORS).",
)
@click.option("--published", callback=_listed(str), help="Names of the curves to use, or `all`.")
@click.option("--no-lossless", is_flag=True, help="Leave out the table of lossless codecs.")
@click.option("--learned-speed", is_flag=True, help="Also time CompressAI's architectures, where it is installed.")
@click.option("--first", type=click.IntRange(min=1), help="Only so many pictures.")
@click.option("--fresh", is_flag=True, help="Measure everything again, whatever results.json has.")
@click.option("--no-page", is_flag=True, help="Leave out the page and its pictures.")
@click.option(
    "--markdown",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Also write tables and plots as FILE, with pictures in a folder beside it.",
)
def kodak(
    folder,
    out,
    quick,
    slow,
    peers,
    no_wlc,
    models,
    device,
    qualities,
    metrics,
    anchors,
    published,
    no_lossless,
    learned_speed,
    first,
    fresh,
    no_page,
    markdown,
) -> None:
    """Measure rate (the whole file), PSNR, MS-SSIM, SSIMULACRA2, seconds and memory over the pictures in FOLDER
    (or $WLC_KODAK), for wlc and for JPEG, WebP, AVIF, JPEG XL and JPEG 2000, and make a page to look at.

    What results.json in the output folder already has, of the same versions, pictures and machine, is not measured
    again: an interrupted run goes on.
    """
    first = _QUICK_PICTURES if quick else first
    out = out or Path("out") / (f"{folder.resolve().name}-{first}" if first else folder.resolve().name)
    try:
        pictures = pictures_of(folder, first)
        others = _published(anchors, published, pictures)
    except (FileNotFoundError, KeyError) as reason:
        raise click.ClickException(str(reason.args[0])) from None
    available = {} if no_wlc else all_codecs.ours(models, device)
    chosen = list(available)[:1] if quick else list(available)
    available |= all_codecs.peers()
    chosen += _peers_asked_for(peers, available, quick, slow)
    unavailable = {name: reason for name in metrics if (reason := missing(name))}
    plan = Plan(
        folder=folder,
        pictures=pictures,
        codecs={name: _grid(available[name], qualities, quick) for name in chosen},
        metrics=tuple(name for name in metrics if name not in unavailable),
        lossless=() if no_lossless else (*([] if no_wlc else _lossless(device)), *lossless_peers()),
        learned=ARCHITECTURES if learned_speed else (),
        published=others,
    )
    with click.progressbar(length=plan.trials(), label="starting", file=sys.stderr, show_pos=True) as bar:

        def progress(label: str, done: int) -> None:
            bar.label = f"{label:10}"
            bar.update(done)

        results = run(plan, available, out / "results.json", fresh, progress)
    results.skipped |= unavailable
    click.echo(report(results))
    for name, reason in results.skipped.items():
        click.echo(f"{name} is skipped: {reason}.", err=True)
    if not no_page or markdown:
        _show(results, plan, available, None if no_page else out, markdown)


def _lossless(device: str) -> tuple[WlcLossless, ...]:
    """What people get, and what the nets do of it: pictures that a lossy format made say little about them."""
    return WlcLossless(device), WlcLossless(device, look_back=False)


def _published(anchors: Path | None, names: tuple[str, ...] | None, pictures: Pictures) -> dict[str, RateCurve]:
    if not anchors:
        return {}
    if not pictures.are_kodak():
        click.echo("Note: published curves are of the 24 Kodak pictures, and these are not; left out.", err=True)
        return {}
    return published_curves(anchors, names or ())


def _peers_asked_for(names: tuple[str, ...] | None, available: dict[str, Codec], quick: bool, slow: bool) -> list[str]:
    if names is None:
        every = _QUICK_CODECS if quick else [name for name in all_codecs.peers() if name not in all_codecs.SLOW]
        return [*every, *(all_codecs.SLOW if slow else ())]
    unknown = [name for name in names if name not in all_codecs.peers()]
    if unknown:
        raise click.UsageError(f"There is no peer {unknown[0]!r}, only {', '.join(all_codecs.peers())}.")
    return list(names)


def _grid(codec: Codec, asked: tuple[float, ...] | None, quick: bool) -> tuple[float, ...]:
    if asked and codec.name.startswith("wlc"):
        return asked
    return codec.qualities[::3] if quick else codec.qualities


def _show(results: Results, plan: Plan, available: dict[str, Codec], out: Path | None, markdown: Path | None) -> None:
    """The page needs matplotlib, which measuring does not."""
    from wlc.benchmarks.page import side_by_side, write_markdown, write_page

    click.echo("Looking for crops of equal size ...", err=True)
    crops = side_by_side(plan.pictures, {name: available[name] for name in results.curves})
    try:
        if out:
            click.echo(f"\nLook at {write_page(results, crops, out)}")
        if markdown:
            click.echo(f"Wrote {write_markdown(results, crops, markdown, command=_as_typed())}")
    except ImportError as reason:
        raise click.ClickException(f"{reason}. The measurements are kept.") from None


def _as_typed() -> str:
    """This command as others can repeat it: where pictures and published curves lie is their own business."""
    asked = click.get_current_context().params
    flags = [f"--{name.replace('_', '-')}" for name in ("quick", "slow", "learned_speed") if asked[name]]
    models = [f"--model {model}" for model in asked["models"]]
    published = ["--anchors CURVES.json"] if asked["anchors"] else []
    return " ".join(["wlc bench kodak FOLDER", *flags, *models, *published, f"--markdown {asked['markdown'].name}"])
