"""`wlc train wae` as a person types it."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def data(run, tmp_path) -> str:
    for number, name in enumerate(("round", "square")):
        folder = tmp_path / "shapes" / name
        folder.mkdir(parents=True)
        for seed in range(2):
            samples = np.random.default_rng(seed).integers(0, 120 + 100 * number, (24, 24, 3), dtype=np.uint8)
            Image.fromarray(samples).save(folder / f"{seed}.png")
    return "shapes"


def test_three_stages_and_what_they_are_good_for(run, data):
    common = ("--data", data, "-o", "training", "--batch", 2, "--crop", 16, "--threads", 1)
    for stage in (1, 2, 3):
        ran = run("train", "wae", "--stage", stage, *common, "--steps", 2)
        assert ran.code == 0 and f"wrote training/mine-{stage}.safetensors" in ran.out
    ran = run("train", "wae", "--stage", 1, *common, "--steps", 3)
    assert "going on from step 2" in ran.out
    picture = f"{data}/round/0.png"
    halves = ("--low", "l.png", "--high", "h.png", "--model", "training/mine-3.safetensors")
    assert run("split", picture, *halves).code == 0
    assert "other weights" in run("merge", "l.png", "h.png", "back.png").err
    assert run("merge", "l.png", "h.png", "back.png", "--model", "training/mine-3.safetensors").code == 0


def test_stages_in_the_wrong_order(run, data):
    ran = run("train", "wae", "--stage", 3, "--data", data, "-o", "training", "--crop", 16)
    assert ran.code == 1 and "no weights named 'training/mine-2.safetensors'" in ran.err
    ran = run("train", "wae", "--stage", 2, "--data", f"{data}/round", "-o", "training", "--crop", 16)
    assert ran.code == 1 and "two classes or more" in ran.err and not Path("training/mine-2.safetensors").exists()
    assert run("train", "wae", "--data", data, "-o", "training", "--crop", 15).code == 2
