"""A run over several sets of pictures as tables."""

from wlc.benchmarks.set_results import SetsResults, SetsRow

from .cost_tables import settings_of
from .tables import NOTHING, Table, cells, number, speed

_RIVALS = ("webp-lossless", "jxl-lossless-e7")


def bits(results: SetsResults) -> Table:
    """One row a codec; each set has a column, and a second one for what a perfect coder would take."""
    rivals = [row for row in map(results.row, _RIVALS) if row]
    columns = ["codec"]
    for name in results.sets:
        columns += [name, f"{name}, ideal"]
    columns += [f"smaller than {rival.label}" for rival in rivals]
    return Table(
        name="lossless-sets",
        title="Lossless",
        columns=(*columns, "in, MP/s", "out, MP/s"),
        rows=tuple(cells(_texts(row, results, rivals)) for row in results.rows),
        note="Bits a sample of whole files, over all samples of a set. Ideal: what the tables say of the very symbols "
        "in the file, without what coder and container add. Smaller: on how many pictures. Every picture came back "
        "equal, bit by bit.",
        marked_rows=frozenset(i for i, row in enumerate(results.rows) if _is_ours(row)),
    )


def settings(results: SetsResults) -> Table:
    """Enough to repeat the run."""
    return settings_of(next(iter(row.rows.values())) for row in results.rows)


def _texts(row: SetsRow, results: SetsResults, rivals: list[SetsRow]) -> list[str]:
    texts = [row.label]
    for name in results.sets:
        texts += [number(row.bits_per_sample(name), 4), number(row.ideal_bits_per_sample(name), 4)]
    for rival in rivals:
        texts.append(f"{row.smaller_than(rival)} of {results.pictures}" if _is_ours(row) else NOTHING)
    return [*texts, speed(row.speed("encode")), speed(row.speed("decode"))]


def _is_ours(row: SetsRow) -> bool:
    return row.codec.startswith("wlc")
