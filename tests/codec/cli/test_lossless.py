"""Lossless files at the command line."""

import io
import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import wlc.lossless_freezing  # torch is loaded once, here, and not in the first test that needs it
from wlc.bitstream.container import level_sizes, read_container

pytestmark = pytest.mark.usefixtures("tiny_lossless")


@pytest.fixture
def scan(run, rgb) -> np.ndarray:
    """Small, since it is compressed again and again; it lies in scan.png."""
    samples = np.ascontiguousarray(rgb[:24, 60:100])
    Image.fromarray(samples).save("scan.png")
    return samples


def shown(name: str) -> np.ndarray:
    return np.array(Image.open(name))


def test_there_and_back(run, scan):
    ran = run("compress", "--lossless", "scan.png")
    size = os.path.getsize("scan.wlc")
    assert (ran.code, ran.out) == (0, "") and size < scan.nbytes
    assert ran.err.startswith("scan.png -> scan.wlc: ") and ", lossless, " in ran.err and "dB" not in ran.err
    assert run("decompress", "scan.wlc", "back.png").code == 0
    assert np.array_equal(shown("back.png"), scan)
    assert Path("scan.wlc").read_bytes() == wlc.compress(scan, lossless=True)


@pytest.mark.parametrize("error", [0, 1, 20])
def test_max_error(run, scan, error):
    ran = run("compress", "--max-error", error, "scan.png")
    assert ran.code == 0 and ("lossless" in ran.err) == (error == 0) and (" dB, " in ran.err) == (error > 0)
    run("decompress", "scan.wlc", "back.png")
    assert np.abs(shown("back.png").astype(int) - scan).max() == error
    ran = run("info", "scan.wlc")
    assert (f"every sample within {error} levels" if error else "lossless\n") in ran.out


def test_json(run, scan):
    told = json.loads(run("compress", "--lossless", "--json", "scan.png").out)
    assert told["psnr"] is None and told["rate_index"] == 0 and told["bytes"] == os.path.getsize("scan.wlc")
    told = json.loads(run("info", "--json", "scan.wlc").out)
    assert (told["max_error"], told["quality"], told["model"]) == (0, None, "lossless")
    told = json.loads(run("compress", "--max-error", 4, "--json", "-f", "scan.png").out)
    assert told["psnr"] > 35 and told["rate_index"] == 4
    assert json.loads(run("info", "--json", "scan.wlc").out)["max_error"] == 4
    assert json.loads(run("verify", "--json", "scan.wlc").out)["sound"] is True


def test_lossy_files_have_a_quality_as_before(run, scan):
    run("compress", "-q", 60, "scan.png")
    told = json.loads(run("info", "--json", "scan.wlc").out)
    assert (told["max_error"], told["quality"]) == (None, 60)
    assert "60 of 100" in run("info", "scan.wlc").out


def test_info_and_verify(run, scan):
    run("compress", "--lossless", "scan.png")
    ran = run("info", "scan.wlc")
    assert "40x24 RGB, 8 bits" in ran.out and "  quality   lossless\n" in ran.out and "lossless (" in ran.out
    assert run("verify", "scan.wlc").err == "scan.wlc: sound\n"


def test_16_bits(run, scan):
    gray = scan[..., 0].astype(np.uint16) * 201
    Image.fromarray(gray).save("deep.png")
    assert run("compress", "--lossless", "deep.png").code == 0
    assert run("decompress", "deep.wlc", "back.png").code == 0
    assert np.array_equal(shown("back.png"), gray)


def test_the_beginning_of_a_file(run, scan):
    run("compress", "--lossless", "scan.png")
    data = Path("scan.wlc").read_bytes()
    sizes = level_sizes(read_container(data))
    first = len(data) - 4 - sum(sizes[1:])
    errors = []
    for length in (first, first + sizes[1] + sizes[2], len(data)):
        ran = run("decompress", "--upto", length, "-f", "scan.wlc", "begun.png")
        assert ran.code == 0 and shown("begun.png").shape == scan.shape
        errors.append(np.abs(shown("begun.png").astype(int) - scan).mean())
    assert errors[0] > errors[1] > errors[2] == 0
    assert run("decompress", "--upto", "1M", "-f", "scan.wlc", "begun.png").code == 0
    os.remove("begun.png")
    ran = run("decompress", "--upto", first - 1, "scan.wlc", "begun.png")
    assert ran.code == 3 and ran.err.startswith("wlc: scan.wlc: ") and not os.path.exists("begun.png")
    Path("cut.wlc").write_bytes(data[: first + 1])
    assert run("decompress", "cut.wlc").code == 3
    assert run("decompress", "--upto", len(data), "cut.wlc").code == 0


def test_the_beginning_of_a_lossy_file(run, scan):
    run("compress", "-q", 90, "scan.png")
    size = os.path.getsize("scan.wlc")
    assert run("decompress", "--upto", size - 5, "scan.wlc", "begun.png").code == 0
    assert shown("begun.png").shape == scan.shape


@pytest.mark.parametrize("reduce", [1, 2, 3])
def test_reduced(run, scan, reduce):
    run("compress", "--lossless", "scan.png")
    assert run("decompress", "--reduce", reduce, "scan.wlc", "small.png").code == 0
    assert np.array_equal(shown("small.png"), scan[:: 2**reduce, :: 2**reduce])


def test_webp_coder_and_streams(run, scan):
    ran = run("compress", "--lossless", "--coder", "webp", "-", "-", stdin=Path("scan.png").read_bytes())
    assert ran.code == 0 and ran.raw == wlc.compress(scan, lossless=True, coder="webp")
    ran = run("decompress", "-", stdin=ran.raw)
    assert np.array_equal(np.array(Image.open(io.BytesIO(ran.raw))), scan)


def test_a_model_of_the_wrong_kind(run, scan):
    ran = run("compress", "--lossless", "--model", "photo", "scan.png")
    assert (ran.code, ran.err) == (1, "wlc: scan.png: the model 'photo' cannot make lossless files\n")
    ran = run("compress", "--model", "lossless", "scan.png")
    assert (ran.code, ran.err) == (1, "wlc: scan.png: the model 'lossless' makes lossless files only\n")
    assert os.listdir() == ["scan.png"]


@pytest.mark.parametrize(
    "options",
    [
        ("--lossless", "-q", 60),
        ("--lossless", "--bpp", 2),
        ("--lossless", "--size", "3k"),
        ("--lossless", "--psnr", 40),
        ("--lossless", "--max-error", 1),
        ("--lossless", "--max-error", 0),
        ("--max-error", 1, "-q", 60),
        ("--max-error", -1),
        ("--max-error", 256),
        ("--max-error", "some"),
        ("--lossless", "-e", 3),
        ("--max-error", 2, "--effort", 9),
    ],
)
def test_usage(run, options):
    ran = run("compress", *options, "a.png")
    assert ran.code == 2 and ran.out == "" and "Usage: wlc" in ran.err


@pytest.mark.parametrize("upto", [0, -1, "much"])
def test_usage_of_upto(run, upto):
    ran = run("decompress", "--upto", upto, "a.wlc")
    assert ran.code == 2 and "Usage: wlc" in ran.err


def test_training_end_to_end(run, scan, tiny_lossless_training, monkeypatch):
    """Two steps, weights, a file with them; on from the checkpoint; weights from the checkpoint alone."""
    fitted = wlc.lossless_freezing._fitted
    monkeypatch.setattr(wlc.lossless_freezing, "_fitted", lambda nets, draw, crops: fitted(nets, draw, 2))
    data = tiny_lossless_training.settings.data[0]
    sizes = ("--width", 8, "--colour-width", 8, "--looks", 1, "--own-splits", 0, "--start", "legall")
    asked = ("train", "lossless", "--data", data, "--validation", data, "-o", "out", "--name", "own", "--batch", 1)
    ran = run(*asked, "--crop", 64, "--steps", 1, *sizes)
    assert ran.code == 0 and "held out at step 1" in ran.out and "wrote out/own.safetensors" in ran.out
    ran = run(*asked, "--crop", 64, "--steps", 2)
    assert ran.code == 0 and "going on from step 1" in ran.out and "held out at step 2" in ran.out
    own = Path("out/own.safetensors").resolve()
    assert wlc.models.weights.read(own).kind == "lossless"
    assert run("compress", "--lossless", "--model", own, "scan.png").code == 0
    ran = run("train", "freeze", "out", "frozen/again.safetensors", "--data", data, "--crops", 2)
    assert ran.code == 0
    again = wlc.models.weights.read(Path("frozen/again.safetensors"))
    assert again.kind == "lossless" and again.config["start"] == "legall"


def test_training_pictures_must_be_there(run, tiny_lossless_training):
    assert run("train", "lossless", "--data", "nowhere", "-o", "out").code == 2
    data = tiny_lossless_training.settings.data[0]
    ran = run("train", "lossless", "--data", data, "-o", "out", "--crop", 512)
    assert ran.code == 1 and "512 pixels a side" in ran.err
    assert run("train", "lossless", "--data", data, "-o", "out", "--start", "best").code == 2
    os.mkdir("empty")
    ran = run("train", "freeze", "empty", "a.safetensors", "--data", data)
    assert ran.code == 1 and "there is no checkpoint" in ran.err
