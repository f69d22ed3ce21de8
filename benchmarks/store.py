"""A run kept in a JSON file: every measurement, for whoever wants to compute something else, and to run less again.

A run that was interrupted goes on from there, since the file is written after every picture.
"""

import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from wlc.benchmarks.files import write_whole
from wlc.benchmarks.results import Costs, Curve, LearnedSpeed, LosslessRow, LosslessTrial, Results, Trial


def save(path: Path, results: Results) -> None:
    write_whole(path, json.dumps(asdict(results), indent=1) + "\n")


def load(path: Path) -> Results | None:
    """None where there is nothing, or something of another make: it will be measured again."""
    if not path.exists():
        return None
    stored = json.loads(path.read_text())
    try:
        curves = {
            name: Curve(**entry | {"costs": Costs(**entry["costs"]), "trials": _each(Trial, entry["trials"])})
            for name, entry in stored["curves"].items()
        }
        lossless = {
            name: LosslessRow(**entry | {"trials": _each(LosslessTrial, entry["trials"])})
            for name, entry in stored["lossless"].items()
        }
        made = {
            "curves": curves,
            "lossless": lossless,
            "learned": _each(LearnedSpeed, stored["learned"]),
            "published": {name: [tuple(pair) for pair in curve] for name, curve in stored["published"].items()},
            "picture_names": tuple(stored["picture_names"]),
        }
        return Results(**{field.name: stored[field.name] for field in fields(Results)} | made)
    except (KeyError, TypeError):
        return None


def _each(kind: type, entries: list[dict[str, Any]]) -> list:
    return [kind(**entry) for entry in entries]
