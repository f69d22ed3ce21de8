"""Models ready to run: found by name or by fingerprint, built once, kept while the process lives."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError

from wlc.bitstream import plane_coder
from wlc.bitstream.errors import ModelNotFound, WlcError
from wlc.bitstream.tables import SymbolTables
from wlc.models import runtime, weights
from wlc.models.autoencoder import Autoencoder
from wlc.models.lossy import LossyModel
from wlc.models.sample_nets import SampleNets
from wlc.models.scale_nets import TABLES
from wlc.models.table_sets import SETS
from wlc.residuals import TABLE_COUNT

PARTS_OF_A_BIT = 1 << 12
_TABLE_COUNTS = {weights.LOSSY: SETS * TABLES, weights.LOSSLESS: TABLE_COUNT} | dict.fromkeys(
    weights.AUTOENCODERS, plane_coder.TABLE_COUNT
)


@dataclass(frozen=True, eq=False)
class Loaded:
    """A model on a device, with the tables that code its symbols."""

    name: str
    kind: str
    fingerprint: bytes
    model: LossyModel | SampleNets | Autoencoder
    tables: SymbolTables
    bits: torch.Tensor  # (tables, magnitudes): what a symbol costs
    device: torch.device

    @cached_property
    def costs(self) -> np.ndarray:
        """`bits`, for numpy."""
        return self.bits.cpu().numpy()

    @cached_property
    def parts_of_bits(self) -> np.ndarray:
        """(tables, 2 M + 1): what the symbols -M to M cost, in parts of a bit that are whole numbers, so that every
        machine compares sums of them alike."""
        return np.rint(self.tables.signed_bits() * PARTS_OF_A_BIT)

    @property
    def is_lossless(self) -> bool:
        return self.kind == weights.LOSSLESS

    @property
    def is_autoencoder(self) -> bool:
        return self.kind in weights.AUTOENCODERS


def device_named(name: str) -> torch.device:
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        raise WlcError(f"there is no device {name!r} that torch can use here") from error
    return device


def by_name(name: str | None, device: str = "auto") -> Loaded:
    """A model for lossy files of every quality."""
    loaded = _named(name or weights.DEFAULT, device)
    if loaded.is_lossless:
        raise WlcError(f"the model {loaded.name!r} makes lossless files only")
    if loaded.is_autoencoder:
        raise WlcError(f"the model {loaded.name!r} has one quality only")
    return loaded


def lossless_by_name(name: str | None, device: str = "auto") -> Loaded:
    """A model for lossless files."""
    loaded = _named(name or weights.DEFAULT_LOSSLESS, device)
    if not loaded.is_lossless:
        raise WlcError(f"the model {loaded.name!r} cannot make lossless files")
    return loaded


def autoencoder_by_name(name: str, device: str = "auto") -> Loaded:
    """A model for lossy files of the one quality that it has."""
    loaded = _named(name, device)
    if not loaded.is_autoencoder:
        raise WlcError(f"the model {loaded.name!r} is no autoencoder")
    return loaded


def _named(name: str, device: str) -> Loaded:
    path = path_of(name)
    return _load(path, path.stat().st_mtime_ns, device_named(device))


def path_of(name: str) -> Path:
    """The weights file of this name, or at this path."""
    path = weights.find_by_name(name)
    if path is None:
        known = ", ".join(sorted(weights.installed().values())) or "none"
        raise ModelNotFound(f"there is no model named {name!r}; installed: {known}")
    return path


def by_fingerprint(fingerprint: bytes, device: str = "auto") -> Loaded:
    path = weights.find_by_fingerprint(fingerprint)
    if path is None:
        raise ModelNotFound(f"the weights that made this file ({fingerprint.hex()}) are not installed")
    return _load(path, path.stat().st_mtime_ns, device_named(device))


@lru_cache(maxsize=4)
def _load(path: Path, changed_at: int, device: torch.device) -> Loaded:
    runtime.exact_arithmetic()
    try:
        read = weights.read(path)
        if read.kind == weights.WAE:
            raise WlcError(f"the model {read.name!r} makes no .wlc files: it is for wlc split and wlc merge")
        tables = SymbolTables(read.arrays[weights.FREQUENCIES].astype("uint32"), read.arrays[weights.REACH])
        wanted = _TABLE_COUNTS[read.kind]
        if len(tables) != wanted:
            raise ValueError(f"there must be {wanted} tables, not {len(tables)}")
        model = runtime.quicken(runtime.build(read).to(device), device)
    except OSError as error:
        raise WlcError(f"the weights {path} cannot be read: {error.strerror or error}") from error
    except (KeyError, TypeError, ValueError, RuntimeError, SafetensorError) as error:
        raise WlcError(f"{path} does not hold weights for this version of wlc") from error
    bits = torch.from_numpy(tables.bits()).to(device)
    return Loaded(read.name, read.kind, read.fingerprint, model, tables, bits, device)
