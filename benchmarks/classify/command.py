"""`wlc bench classify`: accuracy, speed and bytes of several ways from a file to a class."""

from __future__ import annotations

from pathlib import Path

import click

from wlc.benchmarks.classify.rows import BY_NAME, OURS, ROWS, SAME_SIZE_JPEG, Row

_SOURCE = click.Path(exists=True, path_type=Path)


@click.command(short_help="How well, how fast and from how few bytes classes of pictures are told apart.")
@click.argument("source", metavar="DATA", type=_SOURCE)
@click.option(
    "-o", "--output", default=Path("out/classify"), show_default=True, type=click.Path(path_type=Path, file_okay=False)
)
@click.option("--per-class", type=click.IntRange(min=1), metavar="N", help="Learn from N pictures of each class only.")
@click.option("--epochs", default=12, show_default=True, type=click.IntRange(min=1), help="The same for every row.")
@click.option("--seeds", default=3, show_default=True, type=click.IntRange(min=1))
@click.option("--side", default=160, show_default=True, type=click.IntRange(16), help="Pixels a side that nets see.")
@click.option("--batch", default=16, show_default=True, type=click.IntRange(min=2))
@click.option("--learning-rate", default=2e-3, show_default=True)
@click.option("--widths", default="32,64,128", show_default=True, help="Channels of the nets' stages.")
@click.option("--quality", default=40.0, show_default=True, type=click.FloatRange(1, 100), help="Of the .wlc files.")
@click.option("--model", metavar="NAME", help="That makes them, instead of the one for photographs.")
@click.option("--rows", metavar="A,B", help=f"Only some of {', '.join(row.name for row in ROWS)}.")
@click.option("--untimed", is_flag=True, help="Leave the speeds as they were found before.")
@click.option("--fresh-times", is_flag=True, help="Measure all speeds again, as after a change of the machine.")
def classify(
    source: Path,
    output: Path,
    per_class: int | None,
    epochs: int,
    seeds: int,
    side: int,
    batch: int,
    learning_rate: float,
    widths: str,
    quality: float,
    model: str | None,
    rows: str | None,
    untimed: bool,
    fresh_times: bool,
) -> None:
    """Train small nets to tell the classes in DATA apart, from pixels, from halves of pictures and from latents.

    DATA is a folder, or a tar file of one, with train/CLASS/PICTURES and test/CLASS/PICTURES. Each row is trained with
    each seed for the same number of epochs, on one thread and in bfloat16 where the processor has it; a row that
    trains in two parts has a quarter of the epochs for the first. The second part of the row latents-joint trains the
    encoder, too; every wlc decodes the files that it then writes. What was trained is kept in results.json and not
    trained again; an interrupted run goes on. Speeds are of one thread: read the file, make what the net takes, and
    judge, in float32 and in batches of 16.

    \b
    Examples:
      wlc bench classify cells.tar
      wlc bench classify cells/ --per-class 50 --epochs 20 --rows full,half,wae3
    """
    try:
        chosen = [BY_NAME[name] for name in rows.split(",")] if rows else list(ROWS)
        stages = tuple(int(width) for width in widths.split(","))
    except KeyError as error:
        raise click.UsageError(f"There is no row named {error.args[0]!r}.") from None
    except ValueError:
        raise click.UsageError("--widths must be whole numbers.") from None
    if side % 16:
        raise click.UsageError("--side must be a multiple of 16.")
    import torch

    from wlc.benchmarks.classify.store import Setting, Store
    from wlc.benchmarks.classify.training import Bench
    from wlc.models.training import labelled

    torch.set_num_threads(1)
    try:
        whole = labelled.load(source)
    except ValueError as error:
        raise click.ClickException(f"{error}.") from error
    if not whole.test:
        raise click.ClickException(f"{source} has no folder test, so nothing can be measured.")
    setting = Setting(whole.digest(), side, per_class, epochs, batch, learning_rate, stages, quality, model)
    bench = Bench(setting, whole.first(per_class), source, output / "runs", click.echo)
    store = Store.at(output / "results.json")
    _train(bench, store, chosen, seeds)
    if not untimed:
        from wlc.benchmarks.classify.timing import measure_costs

        measure_costs(bench, store, chosen, again=fresh_times)
    from wlc.benchmarks.classify.report import write_report

    click.echo(write_report(store, output))


def _train(bench, store, rows: list[Row], seeds: int) -> None:
    """Seed by seed, so that an interrupted run has something of every row."""
    from wlc.benchmarks.classify.training import trained

    found = store.of(bench.setting)["trained"]
    sources = {}
    for seed in range(seeds):
        for row in rows:
            done = found.setdefault(row.name, {})
            if str(seed) in done:
                continue
            if row.files not in sources:
                sources[row.files] = _sources(bench, store, row.files)
            bench.log(f"{row.label}, seed {seed}")
            done[str(seed)] = trained(bench, row, seed, sources[row.files])
            store.save()


def _sources(bench, store, files: str):
    """What the nets of these rows see, to learn from and to be judged by."""
    from wlc.benchmarks.classify.pixels import pixel_source

    if files == OURS:
        from wlc.benchmarks.classify.latents import latent_sources

        return latent_sources(bench)
    if files == SAME_SIZE_JPEG:
        from wlc.benchmarks.classify.same_bytes import jpeg_sources

        return jpeg_sources(bench)
    return tuple(pixel_source(part, bench.setting.side) for part in (bench.examples.train, bench.examples.test))
