"""The command over a drawn picture, with the shipped weights and the checkpoint they were frozen from."""

import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from wlc.benchmarks.cli import bench
from wlc.encode import Encoder
from wlc.pictures import read_picture

TRAINED = Path(__file__).parents[2] / "training" / "photo"


@pytest.fixture
def picture(tmp_path) -> Path:
    """256 x 256, so that what a file has besides its symbols is a small part of it."""
    y, x = np.mgrid[:256, :256]
    rings = 128 + 80 * np.sin(np.hypot(x - 90, y - 140) / (3 + x / 40))
    colours = np.stack([rings, 255 - rings, 0.6 * rings + 40], axis=-1)
    noisy = colours + np.random.default_rng(5).normal(0, 5, colours.shape)
    Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(tmp_path / "rings.png")
    return tmp_path / "rings.png"


def measured(picture: Path, *more: object) -> dict[int, list[float]]:
    """The figures of each line, by rate index."""
    ran = CliRunner().invoke(bench, ["code-length", str(picture.parent), "--rates", "80,160", *map(str, more)])
    assert ran.exit_code == 0, ran.output
    lines = [re.findall(r"[-+]?\d+(?:\.\d+)?", line) for line in ran.output.splitlines()]
    figures = {int(rate): [float(number) for number in rest] for rate, *rest in lines}
    assert set(figures) == {80, 160}
    return figures


def test_files_are_as_long_as_their_tables_say(picture):
    for rate_index, (bpp, over_ideal) in measured(picture).items():
        size = len(Encoder(read_picture(picture), device="cpu").at(rate_index))
        assert bpp == pytest.approx(8 * size / 256**2, abs=1e-4)
        assert 0 < over_ideal / 100 * size < 100  # bytes: a head, an index, and ends of segments


def test_integer_nets_say_what_float_ones_would(picture):
    for *_, over_twin in measured(picture, "--checkpoint", TRAINED).values():
        assert 0 < abs(over_twin) < 1
