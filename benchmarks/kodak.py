"""Rate and distortion over a folder of pictures, next to other codecs in the same process.

    python -m wlc.benchmarks.kodak DIR --json out/kodak.json

It is named after the 24 pictures that the literature reports on; any folder of lossless pictures will do.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from wlc.benchmarks.measure import measure
from wlc.benchmarks.ours import Wlc
from wlc.benchmarks.peers import PEERS, Codec
from wlc.benchmarks.pictures import Pictures, pictures_of
from wlc.benchmarks.published import published_curves
from wlc.benchmarks.report import bd_rate_table, curve_table, joined
from wlc.benchmarks.results import Curve, load_curves, save_curves

KODAK_PICTURES = 24


def _listed(kind: Callable) -> Callable:
    """For click: `1,2,3` as a tuple."""

    def parse(_context: click.Context, option: click.Parameter, text: str | None) -> tuple | None:
        try:
            return None if text is None else tuple(kind(item) for item in text.split(",") if item.strip())
        except ValueError as reason:
            raise click.BadParameter(f"{reason}.", param=option) from None

    return parse


def _peer_named(name: str) -> Codec:
    if name.strip() not in PEERS:
        raise ValueError(f"there is no peer {name!r}, only {', '.join(PEERS)}")
    return PEERS[name.strip()]()


@click.command()
@click.argument("folder", envvar="WLC_KODAK", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--qualities", callback=_listed(float), help="Qualities of wlc, 1 to 100: 10,30,50.")
@click.option(
    "--peers",
    callback=_listed(_peer_named),
    default=",".join(PEERS),
    show_default=True,
    help="Codecs to measure beside wlc; an empty text for none.",
)
@click.option("--no-wlc", is_flag=True, help="Measure the peers alone.")
@click.option("--model", help="Weights for wlc, found in $WLC_MODEL_PATH.")
@click.option(
    "--device", default="auto", show_default=True, help="Where wlc runs, as `wlc compress --device` takes it."
)
@click.option(
    "--anchors",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JSON file of published curves to compare with.",
)
@click.option("--published", callback=_listed(str), help="Names of the curves to use, or `all`.")
@click.option(
    "--json", "store", type=click.Path(dir_okay=False, path_type=Path), help="Keep results in this file."
)
@click.option("--fresh", is_flag=True, help="Measure peers again even if the file has them.")
@click.option("--first", type=click.IntRange(min=1), help="Only so many pictures, for a quick look.")
def main(
    folder: Path,
    qualities: tuple[float, ...] | None,
    peers: tuple[Codec, ...],
    no_wlc: bool,
    model: str | None,
    device: str,
    anchors: Path | None,
    published: tuple[str, ...] | None,
    store: Path | None,
    fresh: bool,
    first: int | None,
) -> None:
    """Measure rate (the real file), PSNR (8-bit RGB) and seconds over the pictures in FOLDER (or $WLC_KODAK).

    With --json, a peer whose version, settings and pictures are unchanged is not run again; wlc always is.
    """
    try:
        pictures = pictures_of(folder, first)
        others = published_curves(anchors, published or ()) if anchors else {}
    except (FileNotFoundError, KeyError) as reason:
        raise click.ClickException(str(reason.args[0])) from None
    if others and len(pictures) != KODAK_PICTURES:
        click.echo(
            "Note: published curves are of the 24 Kodak pictures, and these are not all of them.", err=True
        )
    stored = load_curves(store) if store else {}
    measured: dict[str, Curve] = {}

    def keep(curve: Curve) -> None:
        stored[curve.codec] = curve
        if store:
            store.parent.mkdir(parents=True, exist_ok=True)
            save_curves(store, stored.values())

    for peer in peers:
        reason = peer.missing()
        if reason:
            click.echo(f"{peer.name} is skipped: {reason}.", err=True)
            continue
        curve = _completed(peer, pictures, peer.qualities, None if fresh else stored.get(peer.name))
        keep(curve)
        measured[peer.name] = curve.only(peer.qualities)

    tables = [curve_table(curve) for curve in measured.values()]
    if not no_wlc:
        ours = _completed(Wlc(model=model, device=device), pictures, qualities or Wlc.qualities, None)
        keep(ours)
        against = {name: curve.rate_distortion() for name, curve in measured.items()}
        against |= {f"{name} (published)" if name in against else name: curve for name, curve in others.items()}
        tables += [curve_table(ours), bd_rate_table(ours, against)]
    click.echo(joined([f"{len(pictures)} pictures of {folder}", *tables]))


def _completed(codec: Codec, pictures: Pictures, qualities: Sequence[float], known: Curve | None) -> Curve:
    """What is known of this codec, if it is still the same, and the rest measured now."""
    curve = Curve.of(codec, pictures)
    if known and known.is_of_the_same(curve):
        curve = known
    to_measure = curve.missing_of(qualities)
    if to_measure:
        with click.progressbar(length=len(pictures), label=codec.name, file=sys.stderr) as bar:
            curve.points += measure(codec, pictures, to_measure, lambda _name: bar.update(1))
    return curve


if __name__ == "__main__":
    main()
