"""Weights files: what they hold, how they are found, and the fingerprint that ties a `.wlc` file to its own.

Nothing here imports torch, so that `wlc info` can name a model without waiting for it.
"""

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

SHIPPED = Path(__file__).parent / "weights"
DEFAULT = "photo"
DEFAULT_LOSSLESS = "lossless"
LOSSY, LOSSLESS = "lossy", "lossless"  # kinds of models
WALLOC, MICROSCOPY = "walloc", "microscopy"
AUTOENCODERS = (WALLOC, MICROSCOPY)  # whose whole numbers a file holds as planes, without knowing what they mean
WAE = "wae"  # a kind that no .wlc file is made with
SEARCH_PATH = "WLC_MODEL_PATH"  # environment variable: more folders with weights files

FREQUENCIES, REACH = "tables.frequencies", "tables.reach"


@dataclass(frozen=True)
class Weights:
    """One file: arrays by name, the sizes of the nets, and how they were made."""

    name: str
    arrays: dict[str, np.ndarray]
    config: dict
    recipe: dict[str, str]

    @property
    def kind(self) -> str:
        return self.recipe.get("kind", WALLOC if "codec" in self.config else LOSSY)

    @property
    def fingerprint(self) -> bytes:
        return fingerprint(self.arrays)


def fingerprint(arrays: dict[str, np.ndarray]) -> bytes:
    """Eight bytes of the content: names, types, shapes and numbers in a fixed order, whatever the file looks like."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        little_endian = array.astype(array.dtype.newbyteorder("<"), copy=False)
        digest.update(f"{name} {array.dtype.name} {array.shape}\n".encode())
        digest.update(little_endian.tobytes())
    return digest.digest()[:8]


def read(path: Path) -> Weights:
    with safe_open(path, framework="np") as file:
        names = file.keys()
        arrays = {name: file.get_tensor(name) for name in names}
        notes = dict(file.metadata() or {})
    return Weights(path.stem, arrays, json.loads(notes.pop("config", "{}")), notes)


def noted(path: Path) -> Weights:
    """What a weights file says of itself, without its arrays; nothing, if it cannot be read."""
    try:
        with safe_open(path, framework="np") as file:
            notes = dict(file.metadata() or {})
        return Weights(path.stem, {}, json.loads(notes.pop("config", "{}")), notes)
    except (OSError, SafetensorError, ValueError):
        return Weights(path.stem, {}, {}, {})


def _files() -> list[Path]:
    folders = [SHIPPED, *(Path(p) for p in os.environ.get(SEARCH_PATH, "").split(os.pathsep) if p)]
    return [path for folder in folders for path in sorted(folder.glob("*.safetensors"))]


@cache
def _identity_of(path: Path, changed_at: int) -> tuple[bytes, str]:
    found = read(path)
    return found.fingerprint, found.kind


def _with_fingerprints() -> dict[bytes, Path]:
    """Of weights that .wlc files are made with. What cannot be read is passed over: one bad file in a folder must not
    hide the others."""
    found = {}
    for path in reversed(_files()):
        with suppress(OSError, SafetensorError, ValueError):
            key, kind = _identity_of(path, path.stat().st_mtime_ns)
            if kind != WAE:
                found[key] = path
    return found


def installed() -> dict[bytes, str]:
    """Names of the weights at hand by fingerprint; those of transforms that make no files are not among them."""
    return {key: path.stem for key, path in _with_fingerprints().items()}


def find_by_name(name: str) -> Path | None:
    """A weights file by its name among those installed, or by its path."""
    if name.endswith(".safetensors"):
        return Path(name) if Path(name).is_file() else None
    return next((path for path in _files() if path.stem == name), None)


def find_by_fingerprint(wanted: bytes) -> Path | None:
    return _with_fingerprints().get(wanted)
