"""A whole run: every codec over every picture, kept as it grows, and never measured twice."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from wlc.benchmarks import store
from wlc.benchmarks.codecs import Codec
from wlc.benchmarks.codecs.learned import learned_speeds
from wlc.benchmarks.codecs.lossless import LosslessCodec
from wlc.benchmarks.costs import costs_of
from wlc.benchmarks.lossless import measure_lossless
from wlc.benchmarks.machine import machine, processor
from wlc.benchmarks.measure import measure
from wlc.benchmarks.metrics.judges import Judges
from wlc.benchmarks.pictures import Pictures
from wlc.benchmarks.results import Costs, Curve, LosslessRow, RateCurve, Results, Trial

Progress = Callable[[str, int], None]  # what has been done, and how many trials that was


@dataclass(frozen=True)
class Plan:
    """What is asked of a run."""

    folder: Path
    pictures: Pictures
    codecs: Mapping[str, Sequence[float]]  # name to qualities
    metrics: tuple[str, ...]
    lossless: Sequence[LosslessCodec] = ()
    learned: Sequence[str] = ()
    published: Mapping[str, RateCurve] = field(default_factory=dict)
    costs: bool = True

    def trials(self) -> int:
        lossy = sum(len(qualities) for qualities in self.codecs.values())
        return len(self.pictures) * (lossy + len(self.lossless))


def run(plan: Plan, codecs: Mapping[str, Codec], file: Path | None, fresh: bool, progress: Progress) -> Results:
    """`file` holds what earlier runs found; what still holds is not measured again, unless `fresh`."""
    before = store.load(file) if file and not fresh else None
    results = _begun(plan, before)

    def keep() -> None:
        if file:
            store.save(file, results)

    for row in _runnable(plan.lossless, results):
        results.lossless[row.name] = _lossless(row, plan, before, progress)
        keep()
    with Judges(plan.metrics) as judges:
        for codec in _runnable([codecs[name] for name in plan.codecs], results):
            curve = _curve(codec, plan, before)
            results.curves[codec.name] = curve
            progress(codec.name, _known(curve, plan))

            def add(trials: list[Trial], curve: Curve = curve) -> None:
                curve.trials += trials
                keep()
                progress(curve.codec, len(trials))

            measure(codec, plan.pictures, plan.codecs[codec.name], judges, tuple(curve.trials), add)
            if plan.costs and curve.costs == Costs():
                _, picture = next(iter(plan.pictures))
                qualities = plan.codecs[codec.name]
                curve.costs = costs_of(codec, picture, qualities[len(qualities) // 2])
            keep()
    if plan.learned:
        results.learned, why = learned_speeds(plan.pictures, plan.learned)
        results.skipped |= why
        keep()
    return _only_what_was_asked(results, plan)


def _begun(plan: Plan, before: Results | None) -> Results:
    """Curves of codecs that are not asked for this time stay in the file."""
    return Results(
        folder=plan.folder.resolve().name,
        picture_names=tuple(path.name for path in plan.pictures.paths),
        date=datetime.date.today().isoformat(),
        machine=machine(),
        curves=dict(before.curves) if before else {},
        lossless=dict(before.lossless) if before else {},
        learned=list(before.learned) if before else [],
        published=dict(plan.published),
    )


def _runnable(codecs: Sequence, results: Results) -> list:
    """Those whose library is here; the others are named as skipped."""
    reasons = {codec.name: codec.missing() for codec in codecs}
    results.skipped |= {name: reason for name, reason in reasons.items() if reason}
    return [codec for codec in codecs if not reasons[codec.name]]


def _curve(codec: Codec, plan: Plan, before: Results | None) -> Curve:
    """What is known of this codec, if it is still the same, or an empty curve."""
    empty = Curve(codec.name, codec.label, codec.setting, codec.version(), plan.pictures.digest, processor())
    known = before.curves.get(codec.name) if before else None
    if known and known.is_of_the_same(empty) and not _lacks(known, plan.metrics):
        return replace(known, label=codec.label, trials=list(known.trials))
    return empty


def _lacks(curve: Curve, metrics: Sequence[str]) -> bool:
    """Whether a metric that is asked for now was not measured for any picture then."""
    return bool(curve.trials) and any(all(getattr(t, name) is None for t in curve.trials) for name in metrics)


def _known(curve: Curve, plan: Plan) -> int:
    qualities = set(plan.codecs[curve.codec])
    return sum(trial.quality in qualities for trial in curve.trials)


def _lossless(codec: LosslessCodec, plan: Plan, before: Results | None, progress: Progress) -> LosslessRow:
    known = before.lossless.get(codec.name) if before else None
    facts = (codec.setting, codec.version(), plan.pictures.digest, processor())
    if known and (known.setting, known.version, known.pictures, known.machine) == facts:
        progress(codec.name, len(known.trials))
        return known
    return measure_lossless(codec, plan.pictures, lambda _name: progress(codec.name, 1))


def _only_what_was_asked(results: Results, plan: Plan) -> Results:
    curves = {
        name: results.curves[name].only(qualities)
        for name, qualities in plan.codecs.items()
        if name in results.curves and name not in results.skipped
    }
    asked = {codec.name for codec in plan.lossless}
    lossless = {name: row for name, row in results.lossless.items() if name in asked}
    return replace(results, curves=curves, lossless=lossless, learned=results.learned if plan.learned else [])
