"""A net that enlarges pictures, a few steps of it, and what is said of the outcome."""

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from PIL import Image

from wlc.benchmarks import enlarging
from wlc.benchmarks.cli import bench
from wlc.models.training import pictures


@pytest.fixture
def folder(tmp_path):
    y, x = np.mgrid[:80, :80]
    for seed in range(2):
        rings = 128 + 90 * np.sin(np.hypot(x - 40, y - 30) / (1.6 + seed / 4))
        Image.fromarray(np.stack([rings, rings, 255 - rings], axis=-1).astype(np.uint8)).save(tmp_path / f"{seed}.png")
    return tmp_path


def test_it_begins_as_bicubic_and_learns(folder):
    crops = pictures.Crops(pictures.load([folder])[0], 64, seed=0)
    large = torch.stack([crops.draw() for _ in range(4)])
    small = enlarging.halved(large)
    assert torch.equal(enlarging.Enlarger()(small), enlarging.bicubic(small))
    net = enlarging.trained(crops, 25)
    with torch.no_grad():
        error = (enlarging.bicubic(small) - large).square().mean()
        assert (net(small) - large).square().mean() < 0.9 * error


def test_losses_differ_and_nothing_else(folder):
    crops = pictures.Crops(pictures.load([folder])[0], 64, seed=0)
    plain, again = enlarging.trained(crops, 3), enlarging.trained(crops, 3)
    featured = enlarging.trained(crops, 3, enlarging.Feature("photo", "inner", 1000))
    for one, same, other in zip(plain.parameters(), again.parameters(), featured.parameters(), strict=True):
        assert torch.equal(one, same)
        assert one.shape == other.shape
    assert not torch.equal(plain.net[0].weight, featured.net[0].weight)


def test_judging():
    flat = torch.full((3, 64, 64), 100.0)
    fine = flat + 20 * (torch.arange(64) % 2 * 2 - 1)
    told = enlarging.judged("half", [fine], [flat + (fine - flat) / 2])
    assert told.psnr == pytest.approx(20 * np.log10(255 / 10), abs=1e-3)
    assert told.detail == pytest.approx(0.25)


def test_the_command(folder):
    ran = CliRunner().invoke(
        bench, ["enlarge", str(folder), str(folder), "--steps", "2", "--every", "1", "--sheet", str(folder / "s.png")]
    )
    assert ran.exit_code == 0, ran.output
    for name in ("bicubic", "squared error", "photo's inner"):
        assert name in ran.output
    with Image.open(folder / "s.png") as sheet:
        assert sheet.size == (4 * 80 * 3, 2 * 80 * 3)
    wrong = CliRunner().invoke(bench, ["enlarge", str(folder), str(folder), "--feature", "photo"])
    assert wrong.exit_code == 2 and "MODEL:PART:WEIGHT" in wrong.output
