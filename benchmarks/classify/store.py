"""What was found so far, in one JSON file: each trained run is kept under what it depends on, and not run again."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wlc.benchmarks.files import write_whole


@dataclass(frozen=True)
class Setting:
    """What the runs of one table have in common."""

    data: str  # digest of the pictures
    side: int
    per_class: int | None
    epochs: int
    batch: int
    learning_rate: float
    widths: tuple[int, ...]
    quality: float  # of the .wlc files, whose size the JPEG files have
    model: str | None = None  # that made them, if not the usual one

    @property
    def key(self) -> str:
        """As words that may be the name of a folder."""
        amount = "all" if self.per_class is None else str(self.per_class)
        widths = "-".join(map(str, self.widths))
        return (
            f"{self.data}-{self.side}px-{amount}each-{self.epochs}ep-{self.batch}x{self.learning_rate:g}-w{widths}"
            f"-{self.files}"
        )

    @property
    def files(self) -> str:
        """How the .wlc files were made."""
        return f"q{self.quality:g}" + (f"-{self.model}" if self.model else "")


@dataclass
class Store:
    path: Path
    entries: dict[str, Any] = field(default_factory=dict)

    @staticmethod
    def at(path: Path) -> "Store":
        return Store(path, json.loads(path.read_text()) if path.exists() else {})

    def of(self, setting: Setting) -> dict[str, Any]:
        """Mutable; `save` keeps what was put in."""
        empty = {"trained": {}, "costs": {}, "facts": {}}
        return self.entries.setdefault(setting.key, empty)

    def save(self) -> None:
        write_whole(self.path, json.dumps(self.entries, indent=1, sort_keys=True) + "\n")
