"""What was measured, as tables: means at every quality, speed and memory, lossless, learned architectures."""

from collections.abc import Iterable
from typing import Any

from wlc.benchmarks.results import Point, Results

from .comparisons import measured, subject
from .tables import NOTHING, Cell, Table, cells, memory, number, speed


def codecs(results: Results) -> Table | None:
    """One row a codec: what it costs beside bits."""
    rows = [
        cells(
            [
                curve.label,
                speed(curve.speed("encode")),
                speed(curve.speed("decode")),
                memory(curve.costs.encode_memory),
                memory(curve.costs.decode_memory),
                number(curve.costs.encode_kmac, 1),
                number(curve.costs.decode_kmac, 1),
            ]
        )
        for curve in measured(results).values()
    ]
    if not rows:
        return None
    return Table(
        name="speed",
        title="Speed and memory",
        columns=(
            "codec",
            "encode, MP/s",
            "decode, MP/s",
            "memory to encode, MiB",
            "memory to decode, MiB",
            "encode, kMAC/pixel",
            "decode, kMAC/pixel",
        ),
        rows=tuple(rows),
        note="Megapixels a second over all pictures and qualities, in a process that is already running, with threads "
        "as each library sets them. Memory is the peak of a fresh process with one picture. kMAC: thousands of "
        "multiply-adds.",
        marked_rows=frozenset([list(measured(results)).index(subject(results))]),
    )


def settings(results: Results) -> Table | None:
    """Enough to repeat the run."""
    entries = [*measured(results).values(), *(row for row in results.lossless.values() if row.trials)]
    return settings_of(entries) if entries else None


def settings_of(entries: Iterable[Any]) -> Table:
    """Of whatever has a label, a setting and a version."""
    return Table(
        name="settings",
        title="Settings and versions",
        columns=("codec", "setting", "version"),
        rows=tuple(cells([entry.label, entry.setting, entry.version]) for entry in entries),
        words=3,
    )


def every_quality(results: Results) -> Table | None:
    rows, marked = [], set()
    for name, curve in measured(results).items():
        for point in curve.points():
            if name == subject(results):
                marked.add(len(rows))
            rows.append((Cell(curve.label), *_of_point(point)))
    if not rows:
        return None
    return Table(
        name="every-quality",
        title="Every codec at every quality",
        columns=("codec", "quality", "bpp", "PSNR, dB", "MS-SSIM", "SSIMULACRA2", "encode, MP/s", "decode, MP/s"),
        rows=tuple(rows),
        note="Means over pictures, of whole files and of the 8-bit RGB pixels that come back.",
        marked_rows=frozenset(marked),
        long=True,
    )


def _of_point(point: Point) -> tuple[Cell, ...]:
    return cells(
        [
            f"{point.quality:g}",
            number(point.mean("bpp"), 4),
            number(point.mean("psnr"), 2),
            number(point.mean("ms_ssim"), 5),
            number(point.mean("ssimulacra2"), 2),
            speed(point.speed("encode")),
            speed(point.speed("decode")),
        ]
    )


def lossless(results: Results) -> Table | None:
    entries = sorted((row for row in results.lossless.values() if row.trials), key=lambda row: row.bits_per_sample)
    if not entries:
        return None
    best = entries[0].bits_per_sample
    rows = [
        cells(
            [
                row.label,
                number(row.bits_per_sample, 3),
                number(100 * (row.bits_per_sample / best - 1), 1),
                speed(row.speed("encode")),
                speed(row.speed("decode")),
            ]
        )
        for row in entries
    ]
    return Table(
        name="lossless",
        title="Lossless",
        columns=("codec", "bits per sample", "above the smallest, %", "encode, MP/s", "decode, MP/s"),
        rows=tuple(rows),
        note="Means over pictures. Every picture came back equal, bit by bit. wlc asks whether a lossy format made a "
        "picture's colours; with “nets alone” it does not. Kodak's pictures come from the lossy Photo CD: its formula "
        "is published, how its results are cut to whole numbers was found by trying on these very pictures. So only "
        "“nets alone” tells what to expect of others.",
        marked_rows=frozenset(i for i, row in enumerate(entries) if row.codec.startswith("wlc")),
    )


def learned(results: Results) -> Table | None:
    """Beside them the codec of the page, to compare with."""
    if not results.learned:
        return None
    rows = [
        cells(
            [
                entry.name,
                entry.version,
                speed(entry.encode_speed),
                speed(entry.decode_speed),
                number(entry.encode_kmac, 1),
                number(entry.decode_kmac, 1),
                f"{entry.parameters:,}",
            ]
        )
        for entry in results.learned
    ]
    name = subject(results)
    if name is not None:
        own, costs = results.curves[name], results.curves[name].costs
        speeds = [speed(own.speed("encode")), speed(own.speed("decode"))]
        kmacs = [number(costs.encode_kmac, 1), number(costs.decode_kmac, 1)]
        rows.insert(0, cells([own.label, own.version, *speeds, *kmacs, NOTHING]))
    return Table(
        name="learned",
        title="Speed of learned codecs",
        columns=(
            "architecture",
            "version",
            "encode, MP/s",
            "decode, MP/s",
            "encode, kMAC/pixel",
            "decode, kMAC/pixel",
            "parameters",
        ),
        rows=tuple(rows),
        note="Published architectures with untrained weights on the same machine: they show how fast such nets run, "
        "and nothing about how well they compress.",
        words=2,
        marked_rows=frozenset([0] if name is not None else []),
    )


def skipped(results: Results) -> Table | None:
    if not results.skipped:
        return None
    rows = tuple(cells([name, reason]) for name, reason in results.skipped.items())
    return Table("skipped", "Not measured", ("codec", "why"), rows, words=2)


def machine(results: Results) -> Table:
    facts = {"pictures": f"{len(results.picture_names)}, {results.folder}", "date": results.date} | results.machine
    rows = tuple(cells([name, value]) for name, value in facts.items())
    return Table("machine", "Date, machine and versions", ("", ""), rows, words=2)
