"""`wlc inspect` as a person types it."""

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import wlc
from wlc.bitstream.container import level_sizes, read_container


@pytest.fixture(scope="module")
def compressed(rgb) -> bytes:
    return wlc.compress(rgb, device="cpu")


@pytest.fixture
def file(run, compressed, tmp_path) -> Path:
    (tmp_path / "photo.wlc").write_bytes(compressed)
    return Path("photo.wlc")


def drawn(path: str) -> np.ndarray:
    with Image.open(path) as image:
        assert image.format == "PNG"
        return np.asarray(image)


def test_a_panel_beside_the_file(run, file):
    ran = run("inspect", file)
    assert (ran.code, ran.out) == (0, "") and sorted(os.listdir()) == ["photo.latents.png", "photo.wlc"]
    height, width = drawn("photo.latents.png").shape[:2]
    assert ran.err == f"photo.wlc -> photo.latents.png: {width}x{height}\n"


def test_views(run, file):
    ways = {
        "plain": (),
        "extremes": ("--stretch", "min-max"),
        "even": ("--equalise",),
        "local": ("--clahe",),
        "one": ("--channel", 31),
        "mixed": ("--channel", "pca"),
        "fewer": ("--levels", 2),
    }
    for name, options in ways.items():
        assert run("inspect", file, "-o", f"{name}.png", *options).code == 0
    assert len({drawn(f"{name}.png").tobytes() for name in ways}) == len(ways)


def test_streams(run, file, compressed):
    ran = run("inspect", "-", stdin=compressed)
    assert ran.code == 0 and Image.open(io.BytesIO(ran.raw)).width > 1000
    assert "(stream) -> (stream): " in ran.err


def test_an_existing_panel_is_only_overwritten_on_demand(run, file):
    Path("panel.png").write_text("mine")
    ran = run("inspect", file, "-o", "panel.png")
    assert ran.code == 7 and "panel.png: this file exists already; -f overwrites it" in ran.err
    assert Path("panel.png").read_text() == "mine"
    assert run("inspect", file, "-o", "panel.png", "-f").code == 0 and drawn("panel.png").any()


def test_a_file_that_is_cut_off(run, compressed):
    later = sum(level_sizes(read_container(compressed))[2:])
    Path("part.wlc").write_bytes(compressed[: len(compressed) - later - 4])
    assert run("inspect", "part.wlc").code == 3 and not Path("part.latents.png").exists()
    assert run("inspect", "part.wlc", "--levels", 2).code == 0


def test_refusals(run, file, rgb):
    Path("exact.wlc").write_bytes(wlc.compress(rgb[:16, :16], lossless=True, device="cpu"))
    for code, says, argv in (
        (1, "exact.wlc: this file was made without loss", ("exact.wlc",)),
        (1, "nowhere.wlc: no such file", ("nowhere.wlc",)),
        (1, "panel.jpg: the panel is a PNG", (file, "-o", "panel.jpg")),
        (1, "does not exist", (file, "-o", "nowhere/panel.png")),
        (2, "There is no channel 219: here they are 0 to 218.", (file, "--channel", 219)),
        (2, "There is no channel 40: here they are 0 to 38.", (file, "--channel", 40, "--levels", 2)),
        (2, "'all' is neither the number of a channel nor", (file, "--channel", "all")),
        (2, "one can be given", (file, "--equalise", "--clahe")),
        (6, "above the limit", (file, "--max-pixels", 100)),
    ):
        ran = run("inspect", *argv)
        assert ran.code == code and says in ran.err, ran.err
        assert sorted(os.listdir()) == ["exact.wlc", "photo.wlc"]
