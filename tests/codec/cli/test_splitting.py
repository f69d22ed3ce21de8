"""`wlc split` and `wlc merge` as a person types them."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def photo(run, tmp_path) -> str:
    y, x = np.mgrid[:50, :71]
    shades = np.stack([x + 2 * y, 200 - x, 60 + 40 * np.sin(x / 5)], axis=-1)
    Image.fromarray(shades.clip(0, 255).astype(np.uint8)).save(tmp_path / "photo.png")
    return "photo.png"


def samples(path: str) -> np.ndarray:
    with Image.open(path) as image:
        assert image.format == "PNG"
        return np.asarray(image).astype(int)


@pytest.mark.parametrize("transform", ["wae", "9/7", "haar"])
def test_there_and_back(run, photo, transform):
    ran = run("split", photo, "--low", "l.png", "--high", "h.png", "--transform", transform)
    assert ran.code == 0 and "dB when merged" in ran.err and "% high" in ran.err
    assert samples("l.png").shape == (25, 36, 3)
    assert samples("h.png").shape == (25, 36 if transform == "wae" else 108, 3)
    ran = run("merge", "l.png", "h.png", "back.png")
    assert (ran.code, ran.err) == (0, f"l.png + h.png -> back.png: 71x50, {transform}\n")
    assert np.abs(samples("back.png") - samples(photo)).mean() < 3


def test_the_report_is_what_merging_gives(run, photo):
    ran = run("split", photo, "--low", "l.png", "--high", "h.png", "--json")
    told = json.loads(ran.out)
    assert run("merge", "l.png", "h.png", "back.png").code == 0
    error = np.square(samples("back.png") - samples(photo)).mean()
    assert told["psnr"] == pytest.approx(10 * np.log10(255**2 / error))
    assert 0 < told["high_energy"] < 0.05


def test_a_panel(run, photo):
    assert run("split", photo, "--low", "l.png", "--high", "h.png", "--panel", "p.png", "--quiet").err == ""
    assert samples("p.png").shape[1] > 2 * 71


def test_what_is_there_is_only_overwritten_on_demand(run, photo):
    Path("h.png").write_text("mine")
    ran = run("split", photo, "--low", "l.png", "--high", "h.png")
    assert ran.code == 7 and "h.png: this file exists already" in ran.err and sorted(os.listdir()) == ["h.png", photo]
    assert run("split", photo, "--low", "l.png", "--high", "h.png", "-f").code == 0


def test_names_that_cannot_be(run, photo):
    assert "give it a name that ends in .png" in run("split", photo, "--low", "l.jpg", "--high", "h.png").err
    assert "a name of its own" in run("split", photo, "--low", "l.png", "--high", "l.png").err
    assert run("merge", "l.png", "h.png", "back.png").code == 1


def test_halves_of_two_pictures(run, photo):
    Image.new("RGB", (40, 40)).save("other.png")
    run("split", photo, "--low", "l.png", "--high", "h.png")
    run("split", "other.png", "--low", "l2.png", "--high", "h2.png")
    ran = run("merge", "l.png", "h2.png", "back.png")
    assert ran.code == 1 and "halves of two different pictures" in ran.err and not os.path.exists("back.png")


def test_a_model_of_another_kind(run, photo):
    ran = run("split", photo, "--low", "l.png", "--high", "h.png", "--model", "photo")
    assert ran.code == 1 and "no wavelet-like auto-encoder 'photo'" in ran.err
    ran = run("compress", photo, "--model", "wae")
    assert ran.code == 1 and "the model 'wae' makes no .wlc files: it is for wlc split and wlc merge" in ran.err
