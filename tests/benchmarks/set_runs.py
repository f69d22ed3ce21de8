"""A run over two sets with numbers that can be computed in the head."""

from wlc.benchmarks.results import LosslessRow, LosslessTrial
from wlc.benchmarks.set_results import SetsResults, SetsRow

PIXELS = 1_000_000


def made_row(codec: str, label: str, *sizes: int) -> SetsRow:
    """Two pictures in the first set, the second three times as large, and one in the other."""
    of_set = {"large": ((1, sizes[0]), (3, sizes[1])), "small": ((1, sizes[2]),)}
    row = SetsRow(codec, label)
    for name, pictures in of_set.items():
        trials = [
            LosslessTrial(f"{number}.png", 3 * times * PIXELS, times * PIXELS, size, 0.5, 0.25)
            for number, (times, size) in enumerate(pictures)
        ]
        row.rows[name] = LosslessRow(codec, label, f"setting of {codec}", "1.0", "digest", "machine", trials)
    return row


def made_results() -> SetsResults:
    ours = made_row("wlc-lossless", "wlc lossless", 750_000, 4_500_000, 1_500_000)
    ours.ideal_bits = {"large": [5e6, 34e6], "small": [11.97e6]}
    rows = [ours, made_row("webp-lossless", "WebP lossless", 800_000, 4_500_000, 1_600_000)]
    return SetsResults("2025-01-31", {"processor": "A processor"}, {"large": 2, "small": 1}, rows)
