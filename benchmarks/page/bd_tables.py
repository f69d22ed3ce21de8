"""BD-rates and BD-gains as tables: of the codec that the page is about, of every codec, and picture by picture."""

from collections.abc import Iterable

from wlc.benchmarks.results import RateCurve, Results

from .comparisons import (
    MEASURES,
    MS_SSIM,
    PSNR,
    Anchor,
    Comparison,
    Measure,
    anchors,
    compare,
    curve_in,
    curve_of_picture,
    measured,
    rate_at,
    subject,
    was_measured,
)
from .tables import NOTHING, Cell, Table, delta, number

_NEVER = Comparison(None, None)  # nobody published this measure
_USUAL_QUALITY = (32, 33, 31, 34, 30, 35, 29, 36, 28, 38, 26, 40, 24, 42, 22, 44, 20)  # dB


def headline(results: Results) -> Table | None:
    """One codec against everything there is."""
    name = subject(results)
    if name is None:
        return None
    label = results.curves[name].label
    measures = [measure for measure in MEASURES if was_measured(results, measure)]
    columns = {measure: _against(results, name, measure) for measure in measures}
    rows = []
    for anchor in anchors(results, PSNR):
        if anchor.name == name and not anchor.published:
            continue
        key = (anchor.name, anchor.published)
        row = [Cell(_label(anchor)), *_psnr_cells(columns.get(PSNR, {}).get(key, _NEVER))]
        row += [_rate_cell(columns[measure].get(key, _NEVER), measure.unit) for measure in measures if measure != PSNR]
        rows.append(tuple(row))
    return Table(
        name="bd-rate",
        title=f"{label} against each of the others",
        columns=(
            "against",
            "BD-rate at equal PSNR, %",
            "over, dB",
            "BD-PSNR at equal rate, dB",
            "over, bpp",
            *(f"BD-rate at equal {measure.name}, %" for measure in measures if measure != PSNR),
        ),
        rows=tuple(rows),
        note=f"How many per cent fewer (minus) or more (plus) bits {label} needs at equal quality, and how much it "
        "gains at equal rate. Nothing is extrapolated: each number holds over the range beside it, and a dash stands "
        "where two curves share none or nobody measured."
        + (" Published curves are of PSNR on the Kodak set." if results.published else ""),
    )


def _against(results: Results, name: str, measure: Measure) -> dict[tuple[str, bool], Comparison]:
    own = curve_in(measure, results.curves[name])
    return {(anchor.name, anchor.published): compare(anchor.curve, own) for anchor in anchors(results, measure)}


def _label(anchor: Anchor) -> str:
    return f"{anchor.label} (published)" if anchor.published else anchor.label


def _psnr_cells(found: Comparison) -> list[Cell]:
    rate, gain = found.rate, found.gain
    return [
        _rate_cell(found),
        Cell(f"{rate.low:.1f} to {rate.high:.1f}" if rate else NOTHING),
        _gain_cell(found),
        Cell(f"{gain.low:.2f} to {gain.high:.2f}" if gain else NOTHING),
    ]


def _rate_cell(found: Comparison, unit: str = "dB") -> Cell:
    rate = found.rate
    if rate is None:
        return Cell(NOTHING, found.why)
    return delta(rate.percent, f"from {rate.low:.1f} to {rate.high:.1f} {unit}")


def _gain_cell(found: Comparison) -> Cell:
    gain = found.gain
    if gain is None:
        return Cell(NOTHING, found.why)
    return delta(gain.gain, f"from {gain.low:.2f} to {gain.high:.2f} bpp", more_is_better=True)


def matrices(results: Results) -> list[Table]:
    """Every codec of the run against every anchor."""
    tables = []
    for measure in MEASURES:
        if was_measured(results, measure) and (len(measured(results)) > 1 or results.published):
            tables.append(_matrix(results, measure, gain=False))
            if measure is PSNR:
                tables.append(_matrix(results, measure, gain=True))
    return tables


def _matrix(results: Results, measure: Measure, gain: bool) -> Table:
    candidates = {name: curve_in(measure, curve) for name, curve in measured(results).items()}
    rows = []
    for anchor in anchors(results, measure):
        row = [Cell(_label(anchor))]
        for name, curve in candidates.items():
            if name == anchor.name and not anchor.published:
                row.append(Cell(""))
            else:
                found = compare(anchor.curve, curve)
                row.append(_gain_cell(found) if gain else _rate_cell(found, measure.unit))
        rows.append(tuple(row))
    what = f"BD-{measure.name}, {measure.unit}" if gain else f"BD-rate at equal {measure.name}, %"
    names = list(candidates)
    return Table(
        name=f"bd-{'gain' if gain else 'rate'}-{measure.metric.replace('_', '-')}",
        title=f"{what}: every codec against every anchor",
        columns=("anchor", *(results.curves[name].label for name in names)),
        rows=tuple(rows),
        note="Each column is a codec, each row what it is compared with. "
        + ("Plus: better at equal rate." if gain else "Minus: fewer bits at equal quality.")
        + (" MS-SSIM is compared in dB, as \N{MINUS SIGN}10 log(1 \N{MINUS SIGN} m)." if measure == MS_SSIM else ""),
        marked_column=1 + names.index(subject(results)),
        long=True,
    )


def per_picture(results: Results) -> Table | None:
    """Where one codec wins and where it loses: means hide both."""
    name = subject(results)
    if name is None or not results.picture_names:
        return None
    curves = {key: _by_picture(results, key) for key in measured(results)}
    own = curves.pop(name)
    label = results.curves[name].label
    quality = _common_quality(own.values())
    rows, wins = [], dict.fromkeys(curves, (0, 0))
    for picture in results.picture_names:
        row = [Cell(picture), Cell(number(rate_at(own[picture], quality), 3))]
        for key, of_picture in curves.items():
            found = compare(of_picture[picture], own[picture])
            row.append(_rate_cell(found))
            if found.rate:
                wins[key] = (wins[key][0] + (found.rate.percent < 0), wins[key][1] + 1)
        rows.append(tuple(row))
    marked = frozenset()
    if len(rows) > 1 and curves:
        marked = frozenset([len(rows)])
        rows.append((Cell("fewer bits on"), Cell(""), *(Cell(f"{won} of {of}") for won, of in wins.values())))
    return Table(
        name="pictures",
        title="Picture by picture",
        columns=("picture", f"bpp of {label} at {quality} dB", *(results.curves[key].label for key in curves)),
        rows=tuple(rows),
        note=f"BD-rate of {label} at equal PSNR on each picture alone, in per cent, against the codec that heads the "
        "column."
        if curves
        else "",
        marked_rows=marked,
    )


def _by_picture(results: Results, name: str) -> dict[str, RateCurve]:
    return {picture: curve_of_picture(results.curves[name], picture) for picture in results.picture_names}


def _common_quality(curves: Iterable[RateCurve]) -> int:
    """About 32 dB, or what most pictures reach."""
    curves = list(curves)
    return max(_USUAL_QUALITY, key=lambda quality: sum(rate_at(curve, quality) is not None for curve in curves))
