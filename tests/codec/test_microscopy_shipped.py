"""The shipped microscopy weights and those for cells, on a stained cell that is drawn: real files, there and back."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

import wlc
from wlc.cli import main
from wlc.models import runtime, weights


def stained(height: int = 160, width: int = 160, seed: int = 0) -> np.ndarray:
    """A dark purple nucleus with grains in a paler cell, among pink ones, on a light ground."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width].astype(float)
    ground, pink, pale, purple = np.array([[236, 222, 214], [226, 178, 176], [206, 172, 205], [132, 78, 150]], float)
    picture = np.broadcast_to(ground, (height, width, 3)).copy()

    def disc(row: float, column: float, radius: float, colour: np.ndarray) -> None:
        edge = 1 / (1 + np.exp((np.hypot(y - row, x - column) - radius) / 1.3))
        picture[:] += edge[..., None] * (colour - picture)

    for row, column in random.uniform(0, 1, (7, 2)) * (height, width):
        disc(row, column, 26, pink)
    disc(height / 2, width / 2, 34, pale)
    disc(height / 2, width / 2 + 6, 20, purple)
    for angle, distance in random.uniform(0, 1, (30, 2)) * (6.3, 30):
        disc(height / 2 + distance * np.sin(angle), width / 2 + distance * np.cos(angle), 1.5, purple * 0.9)
    return (picture + random.normal(0, 1.5, picture.shape)).clip(0, 255).round().astype(np.uint8)


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    return 10 * np.log10(255**2 / np.square(one.astype(float) - other).mean())


def test_a_cell_there_and_back():
    """Less than half a bit a pixel, and near what photographs of cells reach: grains like these are in none of them."""
    cell = stained()
    data = wlc.compress(cell, model="microscopy", device="cpu")
    back = np.asarray(wlc.decompress(data, device="cpu"))
    assert wlc.info(data).model == "microscopy"
    assert back.shape == cell.shape and back.dtype == np.uint8
    assert 8 * len(data) / (160 * 160) < 0.5
    assert psnr(cell, back) > 29.5


@pytest.mark.parametrize("size", [(181, 181), (37, 90), (1, 1)])
def test_any_size(size):
    cell = stained(*size)
    data = wlc.compress(cell, model="microscopy", device="cpu")
    assert wlc.decompress(data, device="cpu").size == size[::-1]
    smaller = wlc.decompress(data, reduce=1, device="cpu")
    assert smaller.size == (-(-size[1] // 2), -(-size[0] // 2))


def test_the_code_is_one_small_picture(tmp_path, monkeypatch):
    """It goes with the brightness of the cell, and is shown in four ways that differ."""
    cell = stained()
    model = runtime.build(weights.read(weights.SHIPPED / "microscopy.safetensors"))
    codes = model.codes_of(torch.from_numpy(cell).movedim(-1, 0)[None] / 255)
    assert codes.shape == (1, 1, 40, 40)
    shades = cell.reshape(40, 4, 40, 4, 3).mean(axis=(1, 3, 4))
    assert abs(np.corrcoef(codes[0, 0].numpy().ravel(), shades.ravel())[0, 1]) > 0.9
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cell.wlc").write_bytes(wlc.compress(cell, model="microscopy", device="cpu"))
    ways = (["--stretch", "min-max"], ["--stretch", "2-98"], ["--equalise"], ["--clahe"])
    panels = []
    for way in ways:
        assert main(["inspect", "cell.wlc", "-f", "--channel", "0", "--device", "cpu", *way]) == 0
        panels.append((tmp_path / "cell.latents.png").read_bytes())
    assert len({Image.open(io.BytesIO(panel)).tobytes() for panel in panels}) == len(ways)


def test_the_weights_are_small():
    assert (weights.SHIPPED / "microscopy.safetensors").stat().st_size < 3_000_000


def test_cells_have_weights_of_their_own():
    cell = stained()
    data = wlc.compress(cell, quality=60, model="cells", device="cpu")
    assert wlc.info(data).model == "cells" and wlc.info(data).fingerprint != wlc.info(wlc.compress(cell)).fingerprint
    assert psnr(cell, np.asarray(wlc.decompress(data, device="cpu"))) > 34
    assert 8 * len(data) / (160 * 160) < 0.5
