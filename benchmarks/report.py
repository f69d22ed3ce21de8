"""Measurements as plain text: one table a codec, then who needs fewer bits."""

from collections.abc import Iterable, Mapping

from wlc.benchmarks.bd_rate import bd_rate
from wlc.benchmarks.results import Curve

RateDistortion = list[tuple[float, float]]


def curve_table(curve: Curve) -> str:
    lines = [
        f"{curve.codec}: {curve.setting} ({curve.version})",
        "  quality      bpp     PSNR   encode s   decode s",
    ]
    lines += [
        f"  {point.quality:7g} {point.bpp:8.3f} {point.psnr:8.2f} {point.encode_seconds:10.3f}"
        f" {point.decode_seconds:10.3f}"
        for point in sorted(curve.points, key=lambda point: point.quality)
    ]
    return "\n".join(lines)


def bd_rate_table(subject: Curve, others: Mapping[str, RateDistortion]) -> str:
    """The subject against each of the others; a pair that cannot be compared says why."""
    lines = [
        f"BD-rate of {subject.codec}: how many bits it needs at the same PSNR, less (-) or more (+) than",
        *(f"  {name:32} {_one_comparison(subject, other)}" for name, other in others.items()),
    ]
    return "\n".join(lines)


def _one_comparison(subject: Curve, other: RateDistortion) -> str:
    try:
        delta = bd_rate(reference=other, candidate=subject.rate_distortion())
    except ValueError as reason:
        return f"not comparable. {reason}"
    return f"{delta.percent:+7.1f} %   from {delta.low:.1f} to {delta.high:.1f} dB"


def joined(blocks: Iterable[str]) -> str:
    return "\n\n".join(blocks)
