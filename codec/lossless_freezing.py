"""From a checkpoint of the lossless model to a weights file: integer nets, and tables counted from real residuals."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from wlc.bitstream.tables import SymbolTables
from wlc.freezing import averaged, checkpoint_in, tables_of, write_weights
from wlc.models.integer_layers import IntConv, TrainableConv, export_into
from wlc.models.lazy_split import split_count, subsampled
from wlc.models.lossless import Step, walk
from wlc.models.sample_nets import LosslessConfig, SampleNets
from wlc.models.scale_nets import log_scale
from wlc.models.training import pictures
from wlc.models.training.lossless_objective import planes_of
from wlc.models.training.origins_made import as_once_stored
from wlc.residuals import TABLE_COUNT, Grain, centre_of, scale_of

_LARGEST = 255  # reach of the widest table; larger symbols escape
_PRIOR = 2000.0  # symbols that the logistic shape counts as
_TAIL = 2e-5  # share of symbols that may escape
_ERRORS = (0, 0, 0, 0, 0, 0, 1, 2)  # by how many levels samples of the counted crops may be off
_STORED_BEFORE = (1, 3)  # which of those crops come as a lossy format kept them


def freeze_lossless(
    source: Path, target: Path, data: list[Path], crops: int = 600, log: Callable[[str], None] = print
) -> None:
    """Write the averaged weights of the checkpoint in `source` as a weights file that files can be made with."""
    tensors, notes = checkpoint_in(source)
    nets = running_nets(tensors, json.loads(notes["config"]))
    loaded, _ = pictures.load(data)
    size = min(256, max((min(picture.shape[1:]) for picture in loaded), default=0))
    draw = pictures.Crops(loaded, size, seed=1)
    tables = _fitted(nets, draw, crops)
    write_weights(target, nets, tables, notes, log)


def running_nets(tensors: dict[str, torch.Tensor], config: dict) -> SampleNets:
    """The averaged nets of a checkpoint in integers."""
    sizes = LosslessConfig.from_dict(config)
    trained, exact = SampleNets(sizes, TrainableConv), SampleNets(sizes, IntConv)
    trained.load_state_dict(averaged(tensors, "nets."))
    export_into(exact, trained)
    return exact.eval().to(memory_format=torch.channels_last)


@torch.no_grad()
def _fitted(nets: SampleNets, draw: pictures.Crops, crops: int) -> SymbolTables:
    counts = np.zeros((TABLE_COUNT, 2 * _LARGEST + 3), np.int64)  # -256 .. 256, where the ends are all beyond
    for number in range(crops):
        kind = number % len(_ERRORS)
        grain, crop = Grain(0, _ERRORS[kind]), draw.draw()
        stored = kind in _STORED_BEFORE
        planes = as_once_stored(crop, draw.random) if stored else planes_of(crop, grain.max_error)
        _count(counts, nets, planes[None], grain)
    return tables_of(_fit(counts))


def _count(counts: np.ndarray, nets: SampleNets, planes: torch.Tensor, grain: Grain) -> None:
    """Add to `counts` which symbols each table saw in a crop."""
    height, width = planes.shape[-2:]
    green_error = torch.zeros(())

    def visit(step: Step) -> torch.Tensor:
        nonlocal green_error
        actual = step.part_of(subsampled(planes[:, step.colour], step.split))
        if step.colour:
            actual = actual - green_error
        rows, columns = actual.shape[1:]
        named = grain.name(step.prediction.numpy(), step.index.numpy())
        inside = named.within(rows, columns)
        symbols, plain = grain.symbols_of(actual.numpy(), inside)
        column = np.clip(symbols, -_LARGEST - 1, _LARGEST + 1) + _LARGEST + 1
        flat = inside.tables().astype(np.int64) * counts.shape[1] + column
        counts[:] += np.bincount(flat.ravel(), minlength=counts.size).reshape(counts.shape)
        shown = torch.from_numpy(named.nearest.copy()).float()
        shown[:, :rows, :columns] = torch.from_numpy(grain.samples_of(symbols, plain, inside)).float()
        if step.colour == 0 and grain.max_error:
            green_error = shown[:, :rows, :columns] - actual
        return shown

    coarsest = subsampled(planes, split_count(height, width))
    walk(nets, coarsest, height, width, visit, coarseness=grain.coarseness)


def _fit(counts: np.ndarray) -> list[np.ndarray]:
    """Positive weights of each table: symbols -reach..reach, then the escape."""
    symbols = np.arange(-_LARGEST - 1, _LARGEST + 2, dtype=np.float64)
    tables = []
    for index, row in enumerate(counts):
        scale = np.exp(float(log_scale(torch.tensor(float(scale_of(index))))))
        distance = np.abs(symbols - centre_of(index))
        shape = 1 / (1 + np.exp(np.clip((distance - 0.5) / scale, -60, 60)))
        shape -= 1 / (1 + np.exp(np.clip((distance + 0.5) / scale, -60, 60)))
        shape = np.maximum(shape, 1e-12)
        weights = row + _PRIOR * shape / shape.sum()
        middle = len(weights) // 2
        up, down = np.cumsum(weights[middle + 1 : -1]), np.cumsum(weights[middle - 1 : 0 : -1])
        beyond = 1 - (weights[middle] + np.concatenate([[0], up + down])) / weights.sum()  # of each reach
        within = np.flatnonzero(beyond < _TAIL)
        reach = min(max(int(within[0]) if len(within) else _LARGEST, 1), _LARGEST)
        kept = weights[middle - reach : middle + reach + 1]
        escape = max(weights.sum() - kept.sum(), 1e-9 * weights.sum())
        tables.append(np.concatenate([kept, [escape]]))
    return tables
