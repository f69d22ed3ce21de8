"""What a run of the benchmark found: every single measurement, and what each depended on. Means come from these."""

import math
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

METRICS = ("psnr", "ms_ssim", "ssimulacra2")

RateCurve = list[tuple[float, float]]  # (bits per pixel, what was reached), rising


@dataclass(frozen=True)
class Trial:
    """One picture, once there and back at one quality. A metric that was not measured is None."""

    picture: str
    quality: float
    pixels: int
    size: int
    psnr: float
    encode_seconds: float
    decode_seconds: float
    ms_ssim: float | None = None
    ssimulacra2: float | None = None

    @property
    def bpp(self) -> float:
        """Bits per pixel of the whole file, headers and all."""
        return 8 * self.size / self.pixels


@dataclass(frozen=True)
class Point:
    """One quality over all pictures. Means are over pictures, as in published results, not over pixels."""

    quality: float
    trials: tuple[Trial, ...]

    def mean(self, name: str) -> float | None:
        """Of bpp, psnr, ms_ssim, ssimulacra2, encode_seconds or decode_seconds; None where one is missing."""
        values = [getattr(trial, name) for trial in self.trials]
        return None if None in values else statistics.fmean(values)

    def speed(self, way: str) -> float | None:
        return _megapixels_a_second(self.trials, way)


@dataclass(frozen=True)
class Costs:
    """What a codec takes beside bits and seconds: bytes of memory at the peak of a fresh process that encodes or
    decodes one picture, and for nets thousands of multiply-adds a pixel."""

    encode_memory: int | None = None
    decode_memory: int | None = None
    encode_kmac: float | None = None
    decode_kmac: float | None = None


@dataclass
class Curve:
    """What one codec did, and everything that this depends on."""

    codec: str  # a short name that is unique in a run: "avif"
    label: str  # for people: "AVIF 4:4:4"
    setting: str
    version: str
    pictures: str  # digest of the set
    machine: str  # seconds of another machine are not comparable
    trials: list[Trial] = field(default_factory=list)
    costs: Costs = Costs()

    def is_of_the_same(self, other: "Curve") -> bool:
        names = ("codec", "setting", "version", "pictures", "machine")
        return all(getattr(self, name) == getattr(other, name) for name in names)

    def points(self) -> list[Point]:
        """By quality, from coarse to fine."""
        of_quality = defaultdict(list)
        for trial in self.trials:
            of_quality[trial.quality].append(trial)
        return [Point(quality, tuple(of_quality[quality])) for quality in sorted(of_quality)]

    def rate_curve(self, metric: str = "psnr") -> RateCurve:
        """Mean rate against the mean of a metric; empty where the metric was not measured."""
        pairs = [(point.mean("bpp"), point.mean(metric)) for point in self.points()]
        return sorted((rate, reached) for rate, reached in pairs if reached is not None and math.isfinite(reached))

    def of_picture(self, picture: str) -> list[Trial]:
        return sorted((trial for trial in self.trials if trial.picture == picture), key=lambda trial: trial.size)

    def only(self, qualities: Iterable[float]) -> "Curve":
        """Without the qualities that nobody asked for this time."""
        wanted = set(qualities)
        rest = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "trials"}
        return Curve(**rest, trials=[trial for trial in self.trials if trial.quality in wanted])

    def speed(self, way: str) -> float | None:
        """Megapixels a second of `encode` or `decode`, all trials together."""
        return _megapixels_a_second(self.trials, way)


@dataclass(frozen=True)
class LosslessTrial:
    picture: str
    samples: int  # pixels times channels
    pixels: int
    size: int
    encode_seconds: float
    decode_seconds: float


@dataclass
class LosslessRow:
    """One lossless codec. It is trusted with nothing: a decoded picture that is not equal ends the run."""

    codec: str
    label: str
    setting: str
    version: str
    pictures: str
    machine: str
    trials: list[LosslessTrial] = field(default_factory=list)

    @property
    def bits_per_sample(self) -> float:
        return statistics.fmean(8 * trial.size / trial.samples for trial in self.trials)

    def speed(self, way: str) -> float | None:
        return _megapixels_a_second(self.trials, way)


def _megapixels_a_second(trials: Sequence[Trial | LosslessTrial], way: str) -> float | None:
    """None where the clock was too coarse to see anything."""
    seconds = sum(getattr(trial, f"{way}_seconds") for trial in trials)
    return sum(trial.pixels for trial in trials) / 1e6 / seconds if seconds > 0 else None


@dataclass(frozen=True)
class LearnedSpeed:
    """A published architecture with untrained weights: how fast it is, and nothing else."""

    name: str
    version: str
    encode_speed: float  # megapixels a second
    decode_speed: float
    encode_kmac: float
    decode_kmac: float
    parameters: int


@dataclass
class Results:
    """One run over one set of pictures."""

    folder: str  # the name of the set, not its place on a disk
    picture_names: tuple[str, ...]
    date: str
    machine: dict[str, str]  # processor, cores, memory, system, python and the versions of the main libraries
    curves: dict[str, Curve] = field(default_factory=dict)
    lossless: dict[str, LosslessRow] = field(default_factory=dict)
    learned: list[LearnedSpeed] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)  # codec: why
    published: dict[str, RateCurve] = field(default_factory=dict)  # PSNR curves of others, on the Kodak set
