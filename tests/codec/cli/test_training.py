"""`wlc train`: what a person types, up to a file made with the weights that come out."""

import sys

import numpy as np
import pytest
from PIL import Image

from wlc import freezing, microscopy_freezing
from wlc.models import weights
from wlc.models.training import checkpoint


@pytest.fixture
def tiles(tmp_path):
    folder = tmp_path / "tiles"
    folder.mkdir()
    y, x = np.mgrid[:64, :64]
    for seed in range(2):
        noise = np.random.default_rng(seed).normal(0, 4, y.shape)
        shade = 128 + 60 * np.sin(x / (5 + seed)) + 50 * np.cos(y / 7) + noise
        stained = np.stack([shade, shade / 2 + 40, 255 - shade / 3], axis=-1)
        Image.fromarray(stained.clip(0, 255).astype(np.uint8)).save(folder / f"{seed}.png")
    return folder


@pytest.fixture(autouse=True)
def few_crops(monkeypatch):
    """Tables that matter to nobody are counted on two crops, not on hundreds."""
    for module, name in ((freezing, "freeze"), (microscopy_freezing, "freeze_microscopy")):
        make = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *args, make=make, **how: make(*args[:3], 2, **how))


SHORT = ("--steps", 2, "--batch", 1, "--crop", 64, "--threads", 1)
SMALL = ("--encoder-width", 8, "--decoder-width", 8, "--decoder-blocks", 1, "--scale-widths", "4,4,4,4,4,4")


def test_fine_tuning(run, tiles):
    """Weights without a checkpoint are enough to begin with, and their sizes are taken over."""
    made = run("train", "lossy", "--data", tiles, *SHORT, *SMALL, "-o", "first", "--name", "first")
    assert made.code == 0, made.err
    tuned = run("train", "lossy", "--from", "first/first.safetensors", "--data", tiles, *SHORT, "-o", "second",
                "--name", "tuned", "--learning-rate", 1e-9)  # fmt: skip
    assert tuned.code == 0, tuned.err
    before, after = (
        weights.read(tiles.parent / made) for made in ("first/first.safetensors", "second/tuned.safetensors")
    )
    assert before.config == after.config and before.config["decoder_width"] == 8
    for name, array in before.arrays.items():
        if not name.startswith("tables."):
            assert np.allclose(array, after.arrays[name], atol=1e-4), name
    packed = run("compress", "--model", "second/tuned.safetensors", tiles / "0.png", "a.wlc", "-q", 40)
    assert packed.code == 0, packed.err


def test_growing(run, tiles):
    assert run("train", "lossy", "--data", tiles, *SHORT, *SMALL, "-o", "first").code == 0
    grown = run("train", "lossy", "--from", "first", "--data", tiles, *SHORT, "--decoder-blocks", 2, "-o", "second")
    assert grown.code == 0, grown.err
    assert weights.read(tiles.parent / "second" / "mine.safetensors").config["decoder_blocks"] == 2


def test_what_cannot_be_begun_with(run, tiles):
    ran = run("train", "lossy", "--from", "nobody", "--data", tiles, *SHORT, "-o", "out")
    assert ran.code == 1 and "nobody is neither a folder with a checkpoint nor" in ran.err
    ran = run("train", "lossy", "--from", "photo", "--data", tiles, *SHORT, "--scale-widths", "4,4", "-o", "out")
    assert ran.code == 2 and "--scale-widths must be 6 numbers" in ran.err
    ran = run("train", "lossy", "--from", "photo", "--data", tiles, *SHORT, "--decoder-width", 8, "-o", "out")
    assert ran.code == 1 and "does not fit" in ran.err


@pytest.mark.parametrize("variational", [False, True])
def test_microscopy(run, tiles, variational):
    """Trained, made a file with, and frozen once more."""
    how = ("--variational",) if variational else ()
    asked = ("train", "microscopy", "--data", tiles, "--validation", tiles, "--widths", "8,8,4", "--blocks", "1,1,0")
    ran = run(*asked, *SHORT, *how, "-o", "out", "--name", "stains")
    assert ran.code == 0, ran.err
    assert "held out at step 2: about " in ran.out and "wrote out/stains.safetensors" in ran.out
    read = weights.read(tiles.parent / "out" / "stains.safetensors")
    assert read.kind == weights.MICROSCOPY
    assert read.config == {"widths": [8, 8, 4], "blocks": [1, 1, 0], "code_channels": 1} | {"variational": variational}
    assert run("compress", "--model", "out/stains.safetensors", tiles / "0.png", "a.wlc").code == 0
    assert run("train", "freeze", "out", "again.safetensors", "--data", tiles, "--crops", 2).code == 0
    again = weights.read(tiles.parent / "again.safetensors")
    assert all(np.array_equal(again.arrays[name], array) for name, array in read.arrays.items() if "tables" not in name)


@pytest.mark.parametrize("kind", ["lossy", "microscopy"])
def test_a_feature_loss(run, tiles, kind):
    """It changes what is learned, and stands in the recipe."""
    sizes = SMALL if kind == "lossy" else ("--widths", "8,8,4", "--blocks", "1,0,0")
    asked = ("train", kind, "--data", tiles, *SHORT, *sizes, "--learning-rate", 0.1)
    for output, more in (("plain", ()), ("featured", ("--distortion", "mse+feature", "--feature-weight", 1e4))):
        ran = run(*asked, "-o", output, *more)
        assert ran.code == 0, ran.err
    (plain, _), (featured, notes) = (checkpoint.load(tiles.parent / output) for output in ("plain", "featured"))
    assert '"features": "photo"' in notes["settings"]
    assert any(not plain[name].equal(tensor) for name, tensor in featured.items() if name.startswith("model."))


def test_ms_ssim(run, tiles, monkeypatch):
    pytest.importorskip("pytorch_msssim")
    for tile in list(tiles.iterdir()):
        Image.open(tile).resize((192, 192)).save(tile)
    asked = (
        "train",
        "lossy",
        "--data",
        tiles,
        "--validation",
        tiles,
        "--steps",
        1,
        "--batch",
        1,
        "--threads",
        1,
        *SMALL,
    )
    structural = ("--distortion", "mse+ms-ssim", "--ms-ssim-share", 0.75, "-o", "out")
    ran = run(*asked, "--crop", 128, *structural)
    assert ran.code == 2 and "MS-SSIM needs crops of 161 pixels" in ran.err
    ran = run(*asked, "--crop", 192, *structural)
    assert ran.code == 0, ran.err
    assert "held out at step 1: loss " in ran.out
    assert '"ms_ssim_share": "0.75"' in checkpoint.load(tiles.parent / "out")[1]["settings"]
    Image.new("RGB", (128, 128)).save(tiles / "small.png")
    assert "no held-out pictures of at least 161 pixels" in run(*asked, "--crop", 192, *structural).out
    monkeypatch.setitem(sys.modules, "pytorch_msssim", None)
    ran = run(*asked, "--crop", 192, *structural)
    assert ran.code == 1 and ran.err == (
        "Error: pytorch-msssim is not installed: pip install -c constraints.txt '.[train]'.\n"
    )


def test_sizes_that_are_none(run, tiles):
    for wrong in ("8,8", "8,8,x", "0,8,8"):
        ran = run("train", "microscopy", "--data", tiles, *SHORT, "--widths", wrong, "-o", "out")
        assert ran.code == 2 and "three numbers each" in ran.err
    unknown = ("--distortion", "mse+feature", "--features", "x")
    ran = run("train", "microscopy", "--data", tiles, *SHORT, *unknown, "-o", "out")
    assert ran.code == 1 and "no model named 'x'" in ran.err


def test_what_a_checkpoint_is_stays(run, tiles):
    asked = ("train", "microscopy", "--data", tiles, "--widths", "8,8,4", "--blocks", "1,0,0", *SHORT, "-o", "out")
    assert run(*asked).code == 0
    ran = run(*asked, "--variational")
    assert ran.code == 1 and "the checkpoint in out is not of a variational model" in ran.err


def test_help_speaks_of_both(run):
    said = run("train", "--help").out
    assert "microscopy" in said and "Usage" in said
    assert "--from" in run("train", "lossy", "--help").out
    assert "--distortion" in run("train", "microscopy", "--help").out
