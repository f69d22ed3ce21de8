import numpy as np
import pytest
import torch

from wlc import lossless_freezing
from wlc.bitstream.tables import SymbolTables
from wlc.lossless_freezing import freeze_lossless, running_nets
from wlc.models import weights
from wlc.models.integer_layers import TrainableConv
from wlc.models.training import checkpoint
from wlc.residuals import TABLE_COUNT, centre_of, scale_of


def test_tables_of_nothing_but_their_shape():
    """Where nothing was counted a table is its logistic: wider ones reach further, shifted ones lean."""
    tables = lossless_freezing._fit(np.zeros((TABLE_COUNT, 513), np.int64))
    reaches = [(len(row) - 2) // 2 for row in tables]
    assert len(tables) == TABLE_COUNT and min(reaches) >= 1 and max(reaches) <= 255
    by_scale = sorted(range(TABLE_COUNT), key=lambda table: (scale_of(table), centre_of(table)))
    assert np.diff([reaches[table] for table in by_scale]).min() >= -1
    for table, row in enumerate(tables):
        assert (row > 0).all()
        up, down = row[reaches[table] + 1], row[reaches[table] - 1]
        assert up > down


def test_tables_follow_what_was_counted():
    counts = np.zeros((TABLE_COUNT, 513), np.int64)
    counts[7, 256 - 3 : 256 + 3] = 1_000_000
    row = lossless_freezing._fit(counts)[7]
    middle = (len(row) - 2) // 2
    assert middle >= 3
    assert np.allclose(row[middle - 3 : middle + 3] / row.sum(), 1 / 6, atol=0.01)


def test_rare_symbols_escape():
    counts = np.zeros((TABLE_COUNT, 513), np.int64)
    counts[7, 256], counts[7, 256 + 200], counts[7, 0] = 10_000_000, 3, 2
    row = lossless_freezing._fit(counts)[7]
    assert len(row) < 2 * 200 and row[-1] >= 5


def test_the_same_checkpoint_makes_the_same_weights(tiny_lossless_training, tmp_path):
    settings = tiny_lossless_training.settings
    lines: list[str] = []
    again = tmp_path / "new" / "again.safetensors"
    freeze_lossless(settings.output, again, list(settings.data), crops=6, log=lines.append)
    assert weights.read(again).fingerprint == weights.read(tiny_lossless_training.weights).fingerprint
    assert "again.safetensors" in lines[-1] and again.stat().st_mode & 0o777 == 0o644


def test_tables_are_valid(tiny_lossless_training):
    found = weights.read(tiny_lossless_training.weights)
    tables = SymbolTables(found.arrays[weights.FREQUENCIES].astype(np.uint32), found.arrays[weights.REACH])
    assert len(tables) == TABLE_COUNT and np.isfinite(tables.bits()).all()


def test_what_is_frozen_is_the_average(tiny_lossless_training):
    tensors, _ = checkpoint.load(tiny_lossless_training.settings.output)
    nets = running_nets(tensors, tiny_lossless_training.config.as_dict())
    name = "splits.0.1.heads.2.name"
    layer = TrainableConv(8, 16, unit=[256.0] * 14 + [16.0, 1 / 0.127])
    layer.load_state_dict({k: tensors[f"average.nets.{name}.{k}"] for k in ("weight", "bias")})
    for key, tensor in layer.export().items():
        assert torch.equal(nets.get_submodule(name).state_dict()[key], tensor)


def test_without_a_checkpoint(tmp_path):
    with pytest.raises(FileNotFoundError, match="no checkpoint"):
        freeze_lossless(tmp_path, tmp_path / "a.safetensors", [])
