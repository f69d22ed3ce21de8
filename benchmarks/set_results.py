"""What lossless codecs did over several sets of pictures. Every mean is over samples: a large picture counts as much
as it holds."""

from dataclasses import dataclass, field

from wlc.benchmarks.results import LosslessRow, LosslessTrial


@dataclass
class SetsRow:
    """One codec, set by set."""

    codec: str
    label: str
    rows: dict[str, LosslessRow] = field(default_factory=dict)
    ideal_bits: dict[str, list[float]] = field(default_factory=dict)  # of each picture; only of wlc

    def bits_per_sample(self, name: str) -> float:
        """Of whole files."""
        return 8 * sum(trial.size for trial in self.rows[name].trials) / self._samples(name)

    def ideal_bits_per_sample(self, name: str) -> float | None:
        return sum(self.ideal_bits[name]) / self._samples(name) if name in self.ideal_bits else None

    def speed(self, way: str) -> float | None:
        """Megapixels a second of `encode` or `decode` over all sets."""
        any_row = next(iter(self.rows.values()))
        facts = (any_row.codec, any_row.label, any_row.setting, any_row.version, "", any_row.machine)
        return LosslessRow(*facts, self._trials()).speed(way)

    def smaller_than(self, other: "SetsRow") -> int:
        """On how many pictures."""
        return sum(mine.size < its.size for mine, its in zip(self._trials(), other._trials(), strict=True))

    def _samples(self, name: str) -> int:
        return sum(trial.samples for trial in self.rows[name].trials)

    def _trials(self) -> list[LosslessTrial]:
        return [trial for row in self.rows.values() for trial in row.trials]


@dataclass
class SetsResults:
    """One run."""

    date: str
    machine: dict[str, str]
    sets: dict[str, int]  # how many pictures each has
    rows: list[SetsRow] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)  # codec: why

    @property
    def pictures(self) -> int:
        return sum(self.sets.values())

    def row(self, codec: str) -> SetsRow | None:
        return next((row for row in self.rows if row.codec == codec), None)
