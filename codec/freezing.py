"""From a training checkpoint to a weights file: integer nets, and tables counted from symbols really chosen."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file
from torch import nn

from wlc.bitstream.tables import SymbolTables, quantise_frequencies
from wlc.models import colour, scale_nets
from wlc.models.groups import BLOCK
from wlc.models.integer_layers import IntConv, TrainableConv
from wlc.models.lossy import LossyConfig, LossyModel
from wlc.models.symbols import choose_symbols
from wlc.models.table_sets import SETS
from wlc.models.training import checkpoint, pictures, table_fit
from wlc.models.weights import FREQUENCIES, REACH

_CROP = 256
_ROUNDS = 2  # the tables decide which symbols are chosen, so they are counted again with the first ones
_INTEGER_TYPES = {"weight": np.int8, "bias": np.int32, "shift": np.int8, "levels": np.uint8, "signed_levels": np.uint8}


def freeze(source: Path, target: Path, data: list[Path], crops: int = 600, log: Callable[[str], None] = print) -> None:
    """Write the averaged weights of the checkpoint in `source` as a weights file that files can be made with."""
    tensors, notes = checkpoint_in(source)
    model = running_model(tensors, json.loads(notes["config"]))
    loaded, _ = pictures.load(data)
    size = min(_CROP, max((min(picture.shape[1:]) for picture in loaded), default=0) // BLOCK * BLOCK)
    draw = pictures.Crops(loaded, size, seed=1)
    samples = [(draw.draw(), int(quality)) for quality in np.linspace(0, 255, crops)]
    bits = table_fit.logistic_cost().repeat(SETS, 1)
    for _ in range(_ROUNDS):
        tables = _fitted(model, samples, bits)
        bits = torch.from_numpy(tables.bits())
    write_weights(target, model, tables, notes, log)


def checkpoint_in(source: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """Its tensors, and how they came to be."""
    found = checkpoint.load(source)
    if found is None:
        raise FileNotFoundError(f"there is no checkpoint in {source}")
    return found


def averaged(tensors: dict[str, torch.Tensor], part: str = "") -> dict[str, torch.Tensor]:
    """The averaged weights of a checkpoint, or of a part of its model such as "nets.", under the part's own names."""
    prefix = f"average.{part}"
    return {name.removeprefix(prefix): x for name, x in tensors.items() if name.startswith(prefix)}


def write_weights(
    target: Path, model: nn.Module, tables: SymbolTables, notes: dict[str, str], log: Callable[[str], None]
) -> None:
    arrays = {name: _stored(name, tensor) for name, tensor in model.state_dict().items()}
    arrays |= as_arrays(tables)
    target.parent.mkdir(parents=True, exist_ok=True)
    save_file(arrays, target, metadata=notes)
    target.chmod(0o644)  # safetensors gives it to its owner alone
    log(f"wrote {target}, {target.stat().st_size / 1e6:.2f} MB")


def as_arrays(tables: SymbolTables) -> dict[str, np.ndarray]:
    """As they stand in a weights file."""
    return {FREQUENCIES: tables.frequencies.astype(np.uint16), REACH: tables.reach.astype(np.uint8)}


def tables_of(rows: list[np.ndarray]) -> SymbolTables:
    """Positive weights of each table's symbols and its escape, as tables."""
    rows = [quantise_frequencies(weights) for weights in rows]
    frequencies = np.zeros((len(rows), max(map(len, rows))), np.uint32)
    for target, row in zip(frequencies, rows, strict=True):
        target[: len(row)] = row
    return SymbolTables(frequencies, np.array([(len(row) - 2) // 2 for row in rows], np.int32))


def trained_model(tensors: dict[str, torch.Tensor], config: dict) -> LossyModel:
    """The averaged weights of a checkpoint, as they were trained."""
    model = LossyModel(LossyConfig.from_dict(config), TrainableConv)
    model.load_state_dict(averaged(tensors))
    return model.eval()


def running_model(tensors: dict[str, torch.Tensor], config: dict) -> LossyModel:
    """The averaged weights of a checkpoint with integer scale nets."""
    trained = trained_model(tensors, config)
    model = LossyModel(trained.config, IntConv)
    model.load_state_dict({k: v for k, v in trained.state_dict().items() if not k.startswith("scale_nets.")}, False)
    model.scale_nets = scale_nets.export(trained.scale_nets)
    return model.eval()


@torch.no_grad()
def _fitted(model: LossyModel, samples: list[tuple[torch.Tensor, int]], bits: torch.Tensor) -> SymbolTables:
    counts = np.zeros((SETS * scale_nets.TABLES, table_fit.LARGEST + 2), np.int64)
    for crop, quality in samples:
        rate_index = torch.tensor([quality])
        values = model.values_of(model.coefficients_of(colour.to_planes(crop[None]), rate_index), rate_index)
        for chosen in choose_symbols(model, values, quality, bits):
            table_fit.count(counts, chosen.symbols.numpy(), chosen.indices.numpy())
    return tables_of(table_fit.fit(counts))


def _stored(name: str, tensor: torch.Tensor) -> np.ndarray:
    """Integer nets in integer types, float nets as they are."""
    array = tensor.contiguous().numpy()
    wanted = _INTEGER_TYPES.get(name.rsplit(".", 1)[-1])
    if name.startswith(("scale_nets.", "splits.", "levels", "signed_levels")) and wanted:
        integers = array.astype(wanted)
        assert np.array_equal(integers, array)
        return integers
    return array
