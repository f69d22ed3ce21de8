"""What a run says, in a few plain sentences that are true of exactly this run."""

from wlc.benchmarks.results import Results

from .comparisons import MEASURES, PSNR, Measure, anchors, compare, curve_in, curve_of_picture, measured, subject
from .tables import speed

_OURS = "wlc"  # how the names of wlc's models begin


def summary(results: Results) -> list[str]:
    name = subject(results)
    sentences = []
    if name is not None:
        for measure in MEASURES:
            sentences += [_bits(results, whose, measure) for whose in (name, *_better_sibling(results, name, measure))]
        sentences += [_pictures(results, name), _published(results, name), _speed(results, name)]
    sentences.append(_lossless(results))
    return [sentence.replace(" %", "\N{NO-BREAK SPACE}%") for sentence in sentences if sentence]


def _bits(results: Results, name: str, measure: Measure) -> str:
    """Against the others; against a sibling, as another model of the same codec, only where there is nobody else."""
    own = curve_in(measure, results.curves[name])
    others = [anchor for anchor in anchors(results, measure) if not anchor.published and anchor.name != name]
    others = [anchor for anchor in others if not anchor.name.startswith(_OURS)] or others
    found = [(anchor.label, compare(anchor.curve, own).rate) for anchor in others]
    text = _in_words([(label, rate.percent) for label, rate in found if rate])
    return f"At equal {measure.name}, {results.curves[name].label} {text}." if text else ""


def _better_sibling(results: Results, name: str, measure: Measure) -> list[str]:
    """The one that needs fewest bits, if by this measure it beats the codec that the page is about."""
    own = curve_in(measure, results.curves[name])
    siblings = [key for key in measured(results) if key.startswith(_OURS) and key != name]
    rates = {key: compare(own, curve_in(measure, results.curves[key])).rate for key in siblings}
    better = {key: rate.percent for key, rate in rates.items() if rate and round(rate.percent) < 0}
    return [min(better, key=better.get)] if better else []


def _published(results: Results, name: str) -> str:
    """They may be many: only the ends."""
    own = curve_in(PSNR, results.curves[name])
    found = [(compare(anchor.curve, own).rate, anchor.name) for anchor in anchors(results, PSNR) if anchor.published]
    ends = sorted((rate.percent, label) for rate, label in found if rate)
    if not ends:
        return ""
    if len(ends) == 1:
        return f"Against the published curve of {ends[0][1]}, again at equal PSNR, it needs {_span(ends[0][0])} bits."
    return (
        f"Against {len(ends)} published curves, again at equal PSNR, it needs between {_span(ends[0][0])} bits "
        f"({ends[0][1]}) and {_span(ends[-1][0])} ({ends[-1][1]})."
    )


def _in_words(percents: list[tuple[str, float]]) -> str:
    """Needs 51 % fewer bits than A, 12 % fewer than B, as many as C and 5 % more than D."""
    parts, noun = [], " bits"
    for label, percent in sorted(percents, key=lambda pair: pair[1]):
        whole = round(percent)
        how = f"as many{noun} as" if not whole else f"{abs(whole)} % {'fewer' if whole < 0 else 'more'}{noun} than"
        parts.append(f"{how} {label}")
        noun = ""
    return f"needs {joined(parts)}" if parts else ""


def joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _pictures(results: Results, name: str) -> str:
    """Against the one that is hardest to beat, where a mean says least."""
    if len(results.picture_names) < 2:
        return ""
    own = results.curves[name]
    others = {key: curve for key, curve in measured(results).items() if not key.startswith(_OURS) and key != name}
    rates = {key: compare(curve_in(PSNR, curve), curve_in(PSNR, own)).rate for key, curve in others.items()}
    rates = {key: rate.percent for key, rate in rates.items() if rate}
    if not rates:
        return ""
    hardest = max(rates, key=rates.get)
    found = [
        compare(curve_of_picture(others[hardest], picture), curve_of_picture(own, picture)).rate
        for picture in results.picture_names
    ]
    compared = [rate.percent for rate in found if rate]
    if not compared:
        return ""
    won = sum(percent < 0 for percent in compared)
    return (
        f"{others[hardest].label} is the hardest to beat here: {own.label} needs fewer bits on {won} of "
        f"{len(compared)} pictures, from {_span(min(compared))} to {_span(max(compared))}."
    )


def _span(percent: float) -> str:
    whole = abs(round(percent))
    return f"{whole} % {'fewer' if percent < 0 else 'more'}" if whole else "as many"


def _speed(results: Results, name: str) -> str:
    own = results.curves[name]
    encode, decode = own.speed("encode"), own.speed("decode")
    if encode is None or decode is None:
        return ""
    where = results.machine.get("processor")
    text = f"{own.label} encodes {speed(encode)} and decodes {speed(decode)} megapixels a second"
    text += f" on {where}" if where else ""
    others = [f"{curve.label} {_pair(curve)}" for key, curve in measured(results).items() if _is_usual(key, name)]
    return f"{text}. In the same order: {'; '.join(others)}." if others else f"{text}."


def _is_usual(key: str, name: str) -> bool:
    return key != name and key in ("jpeg", "webp", "jxl", "avif")


def _pair(curve) -> str:
    return f"{speed(curve.speed('encode'))} and {speed(curve.speed('decode'))}"


def _lossless(results: Results) -> str:
    rows = {name: row for name, row in results.lossless.items() if row.trials}
    name = next((name for name in rows if name.startswith(_OURS)), None)
    if name is None:
        return ""
    own = rows.pop(name)
    alone = next((rows.pop(name) for name in list(rows) if name.startswith(_OURS)), None)
    text = f"Without loss, {own.label} takes {own.bits_per_sample:.2f} bits a sample"
    if alone is not None:
        text += f" ({alone.bits_per_sample:.2f} if it does not ask whether a lossy format made the picture)"
    percents = [(row.label, 100 * (own.bits_per_sample / row.bits_per_sample - 1)) for row in rows.values()]
    compared = _in_words(percents)
    return f"{text}: it {compared}." if compared else f"{text}."
