"""Measurements kept in a JSON file, so that peers that have not changed need not run again."""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from wlc.benchmarks.measure import Point, Trial
from wlc.benchmarks.peers import Codec
from wlc.benchmarks.pictures import Pictures


@dataclass
class Curve:
    """What one codec did, and everything that this depends on."""

    codec: str
    setting: str
    version: str
    pictures: str
    points: list[Point] = field(default_factory=list)

    @classmethod
    def of(cls, codec: Codec, pictures: Pictures) -> "Curve":
        return cls(codec.name, codec.setting, codec.version(), pictures.digest)

    def is_of_the_same(self, other: "Curve") -> bool:
        mine = (self.codec, self.setting, self.version, self.pictures)
        return mine == (other.codec, other.setting, other.version, other.pictures)

    def rate_distortion(self) -> list[tuple[float, float]]:
        return sorted((point.bpp, point.psnr) for point in self.points)

    def missing_of(self, qualities: Iterable[float]) -> list[float]:
        known = {point.quality for point in self.points}
        return [quality for quality in qualities if quality not in known]

    def only(self, qualities: Iterable[float]) -> "Curve":
        wanted = set(qualities)
        points = [point for point in self.points if point.quality in wanted]
        return Curve(self.codec, self.setting, self.version, self.pictures, points)


def load_curves(path: Path) -> dict[str, Curve]:
    """An absent file is an empty one: the first run starts it."""
    if not path.exists():
        return {}
    stored = json.loads(path.read_text())["codecs"]
    return {name: _curve(name, entry) for name, entry in stored.items()}


def save_curves(path: Path, curves: Iterable[Curve]) -> None:
    """Means first, for a reader; then every trial. Written aside, then moved: a stop loses nothing."""
    document = {"codecs": {curve.codec: _entry(curve) for curve in curves}}
    aside = path.with_name(path.name + ".part")
    aside.write_text(json.dumps(document, indent=1) + "\n")
    os.replace(aside, path)


def _entry(curve: Curve) -> dict:
    means = ("quality", "bpp", "psnr", "encode_seconds", "decode_seconds")
    points = [
        {mean: getattr(point, mean) for mean in means} | {"trials": [asdict(trial) for trial in point.trials]}
        for point in sorted(curve.points, key=lambda point: point.quality)
    ]
    return {
        "setting": curve.setting,
        "version": curve.version,
        "pictures": curve.pictures,
        "points": points,
    }


def _curve(name: str, entry: dict) -> Curve:
    points = [
        Point(point["quality"], tuple(Trial(**trial) for trial in point["trials"]))
        for point in entry["points"]
    ]
    return Curve(name, entry["setting"], entry["version"], entry["pictures"], points)
