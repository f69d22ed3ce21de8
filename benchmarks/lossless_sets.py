"""Lossless files over several sets of pictures, next to other codecs in the same process.

    wlc bench lossless FOLDER... [--model NAME]...

One set flatters one codec, another set another. Beside the real files stands what a perfect coder would have made of
the same symbols, so that a loss can be told to be the nets' or the coder's.
"""

import datetime
import json
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from wlc.benchmarks.codecs.lossless import LosslessCodec, WlcLossless, lossless_peers
from wlc.benchmarks.files import write_whole
from wlc.benchmarks.ideal_length import ideal_length
from wlc.benchmarks.lossless import measure_lossless
from wlc.benchmarks.machine import machine, processor
from wlc.benchmarks.page import set_tables
from wlc.benchmarks.page.markdown_page import escaped, markdown_table
from wlc.benchmarks.page.plain_text import plain_text
from wlc.benchmarks.picture_sets import picture_set, set_name
from wlc.benchmarks.pictures import Pictures
from wlc.benchmarks.set_results import SetsResults, SetsRow

_QUICK_PICTURES = 4

_Target = click.Path(dir_okay=False, path_type=Path)


@click.command(short_help="Lossless files over several sets of pictures, next to other codecs.")
@click.argument("sources", metavar="SET...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--model",
    "models",
    metavar="NAME",
    multiple=True,
    help="Weights for lossless files, found in $WLC_MODEL_PATH; may be given several times.",
)
@click.option("--quick", is_flag=True, help=f"Only the first {_QUICK_PICTURES} pictures of each set.")
@click.option("--no-peers", is_flag=True, help="Measure wlc alone.")
@click.option("--device", default="auto", show_default=True, help="Where wlc runs: cpu or cuda.")
@click.option("--json", "record", metavar="FILE", type=_Target, help="Also write every measurement as FILE.")
@click.option("--markdown", metavar="FILE", type=_Target, help="Also write the tables as FILE.")
def lossless(sources, models, quick, no_peers, device, record, markdown) -> None:
    """Measure bits a sample and speed without loss over each SET: a folder, a tar file of pictures or one picture."""
    try:
        sets = {set_name(source): picture_set(source, _QUICK_PICTURES if quick else None) for source in sources}
    except FileNotFoundError as reason:
        raise click.ClickException(str(reason)) from None
    if len(sets) < len(sources):
        raise click.UsageError("Two of these sets have the same name.")
    ours = [WlcLossless(device, model) for model in models or (None,)]
    peers = () if no_peers else lossless_peers()
    for codec in ours:
        if codec.missing():
            raise click.ClickException(f"{codec.label} cannot run: {codec.missing()}.")
    trials = (len(ours) + len(peers)) * sum(map(len, sets.values()))
    with click.progressbar(length=trials, label="starting", file=sys.stderr, show_pos=True) as bar:

        def progress(label: str, done: int) -> None:
            bar.label = f"{label:10}"
            bar.update(done)

        try:
            results = measure_sets([*ours, *peers], sets, progress)
        except ValueError as reason:
            raise click.ClickException(str(reason)) from None
    table = set_tables.bits(results)
    click.echo(f"{_counts(results)}, on {processor()}\n\n{plain_text(table)}\n\n{textwrap.fill(table.note, 100)}")
    for name, reason in results.skipped.items():
        click.echo(f"{name} is skipped: {reason}.", err=True)
    if record:
        write_whole(record, json.dumps(asdict(results), indent=1) + "\n")
    if markdown:
        write_whole(markdown, as_markdown(results))


def measure_sets(
    codecs: Sequence[LosslessCodec], sets: Mapping[str, Pictures], progress: Callable[[str, int], None]
) -> SetsResults:
    """Raises ValueError if a picture does not come back equal."""
    counts = {name: len(pictures) for name, pictures in sets.items()}
    results = SetsResults(datetime.date.today().isoformat(), machine(), counts)
    for codec in codecs:
        reason = codec.missing()
        if reason:
            results.skipped[codec.name] = reason
            progress(codec.name, results.pictures)
            continue
        row = SetsRow(codec.name, codec.label)
        for name, pictures in sets.items():
            row.rows[name] = measure_lossless(codec, pictures, lambda _name, codec=codec: progress(codec.name, 1))
            if isinstance(codec, WlcLossless):
                row.ideal_bits[name] = [ideal_length(picture, codec.model, codec.device) for _, picture in pictures]
        results.rows.append(row)
    return results


def as_markdown(results: SetsResults) -> str:
    table, settings = set_tables.bits(results), set_tables.settings(results)
    blocks = [
        "# Lossless files",
        escaped(f"{_counts(results)}, measured on {results.date} on {processor()}. {table.note}"),
        markdown_table(table),
        "## Settings and versions",
        markdown_table(settings),
    ]
    return "\n\n".join(blocks) + "\n"


def _counts(results: SetsResults) -> str:
    return ", ".join(f"{name}: {count} picture{'s' * (count != 1)}" for name, count in results.sets.items())
