"""`wlc sample` as a person types it: from training to a picture."""

import io

import numpy as np
import pytest
from PIL import Image

STAINS = "out/stains.safetensors"


@pytest.fixture
def trained(run, tmp_path) -> None:
    (tmp_path / "tiles").mkdir()
    shades = np.random.default_rng(1).integers(0, 256, (40, 40, 3), np.uint8)
    Image.fromarray(shades).save(tmp_path / "tiles" / "0.png")
    ran = run("train", "microscopy", "--variational", "--data", "tiles", "--widths", "4,4,4", "--blocks", "0,0,0",
              "--steps", 1, "--batch", 1, "--crop", 32, "--threads", 1, "-o", "out", "--name", "stains")  # fmt: skip
    assert ran.code == 0, ran.err


def size_of(data: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(data)) as image:
        assert image.format == "PNG"
        return image.size


def test_from_tiles_to_new_tiles(run, trained, tmp_path):
    ran = run("sample", STAINS, "-o", "new.png", "--count", 3, "--size", 50, "--seed", 3)
    assert (ran.code, ran.err) == (0, f"{STAINS} -> new.png: 100x100, seed 3\n")
    first = (tmp_path / "new.png").read_bytes()
    assert size_of(first) == (100, 100)
    again = run("sample", STAINS, "-o", "new.png", "--count", 3, "--size", 50, "--seed", 3)
    assert again.code == 7 and "new.png: this file exists already; -f overwrites it" in again.err
    assert run("sample", STAINS, "-o", "new.png", "--count", 3, "--size", 50, "--seed", 3, "-f").code == 0
    assert (tmp_path / "new.png").read_bytes() == first
    streamed = run("sample", STAINS, "-o", "-", "--quiet")
    assert streamed.err == "" and size_of(streamed.raw) == (160, 160)


def test_refusals(run, trained, tmp_path):
    for code, says, argv in (
        (1, "the model 'microscopy' cannot make new tiles; those can that were trained", ("microscopy",)),
        (5, "there is no model named 'nobody'", ("nobody",)),
        (1, "new.jpg: new tiles are a PNG", (STAINS, "-o", "new.jpg")),
        (1, "does not exist", (STAINS, "-o", "nowhere/new.png")),
        (2, "--count", (STAINS, "--count", 0)),
        (6, "above the limit", (STAINS, "--max-pixels", 100)),
    ):
        ran = run("sample", "-o", "new.png", *argv)
        assert ran.code == code and says in ran.err, ran.err
    assert run("sample", STAINS).code == 2
    assert not list(tmp_path.glob("new.*"))
