"""A run as plain text: a table for each codec, then who needs fewer bits."""

from wlc.benchmarks.bd_rate import bd_rate
from wlc.benchmarks.results import Curve, RateCurve, Results

_METHOD_CHECK = ("vtm-9.1-compressai", "hm-16.20-scm-8.8", -19.0)


def report(results: Results) -> str:
    blocks = [f"{len(results.picture_names)} pictures of {results.folder}"]
    blocks += [curve_table(curve) for curve in results.curves.values()]
    if results.lossless:
        blocks.append(lossless_table(results))
    ours = [curve for curve in results.curves.values() if curve.codec.startswith("wlc")]
    blocks += [bd_rate_table(curve, others_of(curve, results)) for curve in ours]
    return "\n\n".join([*blocks, *method_check(results)])


def curve_table(curve: Curve) -> str:
    lines = [
        f"{curve.codec}: {curve.setting} ({curve.version})",
        "  quality      bpp     PSNR   MS-SSIM  SSIMULACRA2   encode s   decode s",
    ]
    for point in curve.points():
        figures = [
            f"{point.quality:9g}",
            f"{point.mean('bpp'):8.3f}",
            f"{point.mean('psnr'):8.2f}",
            _or_dash(point.mean("ms_ssim"), "9.4f"),
            _or_dash(point.mean("ssimulacra2"), "12.1f"),
            f"{point.mean('encode_seconds'):10.3f}",
            f"{point.mean('decode_seconds'):10.3f}",
        ]
        lines.append(" ".join(figures))
    return "\n".join(lines)


def lossless_table(results: Results) -> str:
    lines = ["lossless: bits a sample, megapixels a second in and out"]
    lines += [
        f"  {row.label:20} {row.bits_per_sample:7.3f}"
        f" {_or_dash(row.speed('encode'), '8.2f')} {_or_dash(row.speed('decode'), '8.1f')}"
        for row in results.lossless.values()
    ]
    return "\n".join(lines)


def others_of(subject: Curve, results: Results) -> dict[str, RateCurve]:
    """Everything that this run can compare the subject with, by PSNR."""
    measured = {name: curve.rate_curve() for name, curve in results.curves.items() if name != subject.codec}
    return measured | {f"{name} (published)": curve for name, curve in results.published.items()}


def bd_rate_table(subject: Curve, others: dict[str, RateCurve]) -> str:
    """The subject against each of the others; a pair that cannot be compared says why."""
    lines = [
        f"BD-rate of {subject.codec}: how many bits it needs at the same PSNR, less (-) or more (+) than",
        *(f"  {name:36} {_one_comparison(subject, other)}" for name, other in others.items()),
    ]
    return "\n".join(lines)


def method_check(results: Results) -> list[str]:
    """Two published curves whose distance is known: does the arithmetic here give it?"""
    candidate, reference, expected = _METHOD_CHECK
    if not {candidate, reference} <= set(results.published):
        return []
    delta = bd_rate(results.published[reference], results.published[candidate])
    return [f"Check of the method: {candidate} against {reference} {delta.percent:+.1f} %, known as {expected:+.0f} %."]


def _one_comparison(subject: Curve, other: RateCurve) -> str:
    try:
        delta = bd_rate(reference=other, candidate=subject.rate_curve())
    except ValueError as reason:
        return f"not comparable. {reason}"
    return f"{delta.percent:+7.1f} %   from {delta.low:.1f} to {delta.high:.1f} dB"


def _or_dash(value: float | None, form: str) -> str:
    return f"{'-':>{form.split('.')[0]}}" if value is None else f"{value:{form}}"
