"""A folder of files as a data set, as programs that train use it."""

import pickle
from pathlib import Path

import pytest
import torch
from torch.utils.data import DataLoader

import wlc


@pytest.fixture(scope="module")
def folder(rgb, tmp_path_factory) -> Path:
    """Four files of two kinds; names and places are not in the order in which they were made."""
    top = tmp_path_factory.mktemp("kinds")
    for name, part in (
        ("plain/b.wlc", rgb[:64, :64]),
        ("disc/z.wlc", rgb[:64, 60:124]),
        ("plain/a.WLC", rgb[3:, :64]),
        ("disc/deeper/c.wlc", rgb[3:, 60:124]),
    ):
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(wlc.compress(part, device="cpu"))
    (top / "plain" / "notes.txt").write_text("not one of them")
    return top


def mean(x: torch.Tensor) -> torch.Tensor:
    """At the top of a file, so that workers can have it wherever they are started."""
    return x.float().mean(dim=(1, 2))


def test_items_are_latents_with_labels(folder):
    data = wlc.LatentDataset(folder, levels=2, stack="repeated")
    assert data.classes == ("disc", "plain") and data.labels == (0, 0, 1, 1) and len(data) == 4
    assert [path.name for path in data.paths] == ["c.wlc", "z.wlc", "a.WLC", "b.wlc"]
    for (item, label), path, kind in zip(data, data.paths, data.labels, strict=True):
        assert label == kind
        assert torch.equal(item, wlc.latents(path, levels=2, stack="repeated", device="cpu"))


def test_options_reach_the_latents(folder):
    data = wlc.LatentDataset(folder, stack="fine", dequantise=True, transform=mean, labelled=False)
    assert data.classes == data.labels == () and len(data) == 4
    assert data[1].shape == (189,) and data[1].dtype == torch.float32
    assert len(wlc.LatentDataset(folder, labelled=False)[0]) == 6


def test_workers_have_copies_and_keep_the_order(folder):
    data = wlc.LatentDataset(folder, levels=1, stack="repeated", transform=mean)
    assert pickle.loads(pickle.dumps(data)).paths == data.paths
    batches = list(DataLoader(data, batch_size=2, num_workers=2))
    assert torch.equal(torch.cat([labels for _, labels in batches]), torch.tensor([0, 0, 1, 1]))
    assert torch.equal(torch.cat([items for items, _ in batches]), torch.stack([item for item, _ in data]))


def test_refusals(folder, tmp_path):
    with pytest.raises(wlc.WlcError, match="no .wlc file"):
        wlc.LatentDataset(tmp_path)
    with pytest.raises(FileNotFoundError):
        wlc.LatentDataset(tmp_path / "nowhere")
    (tmp_path / "alone.wlc").write_bytes((folder / "plain" / "b.wlc").read_bytes()[:-9])
    with pytest.raises(wlc.WlcError, match="no sub-folder"):
        wlc.LatentDataset(tmp_path)
    with pytest.raises(wlc.TruncatedFile, match="alone.wlc: this file"):
        wlc.LatentDataset(tmp_path, labelled=False)[0]
