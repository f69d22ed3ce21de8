"""All three stages in a few steps each, from a tar file, and what they leave behind."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from wlc.models import weights
from wlc.models.training import checkpoint, classifier_loop, wae_loop, wae_stages
from wlc.models.wae import weights_file
from wlc.models.wae.nets import WaeConfig
from wlc.models.wae.transforms import learned


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Two classes that anybody could tell apart, however a picture is turned: coarse stripes and fine ones."""
    folder, random = tmp_path_factory.mktemp("stripes"), np.random.default_rng(0)
    for part, count in (("train", 8), ("test", 4)):
        for name, period in (("coarse", 3.0), ("fine", 1.0)):
            (folder / part / name).mkdir(parents=True)
            for number in range(count):
                waves = 110 + 80 * np.sin(np.arange(32) / period)
                picture = waves + random.normal(0, 20, (32, 32))
                samples = np.repeat(picture[..., None].clip(0, 255).astype(np.uint8), 3, axis=2)
                Image.fromarray(samples).save(folder / part / name / f"{number}.png")
    return folder


@pytest.fixture(scope="module")
def first(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("training")
    settings = wae_loop.Settings(
        data=(data,), validation=(data,), output=folder / "stage-1", steps=3, batch=2, crop=16, log_seconds=0
    )
    lines: list[str] = []
    wae_stages.first(settings, WaeConfig(4), folder / "mine-1.safetensors", lines.append)
    return folder, settings, lines


def later(first, data, frozen: bool, **changes):
    folder, settings, _ = first
    stage = 2 if frozen else 3
    told = {"data": (data,), "output": folder / f"stage-{stage}", "steps": 4, "batch": 8, "crop": 32} | changes
    lines: list[str] = []
    asked = classifier_loop.Settings(validation=(), log_seconds=0, learning_rate=3e-3, frozen=frozen, **told)
    target = folder / f"mine-{stage}.safetensors"
    wae_stages.later(asked, str(folder / f"mine-{stage - 1}.safetensors"), target, lines.append)
    return target, lines


def transform_of(path):
    return learned(str(path))[0].state_dict()


def equal(one, other) -> bool:
    return all(torch.equal(one[name], other[name]) for name in one)


def test_the_first_stage(first):
    folder, settings, lines = first
    assert lines[0] == "16 pictures, 24 held out"
    assert lines[-1].startswith("wrote ") and lines[-2].startswith("held out at step 3: ")
    losses = [float(line.split()[3]) for line in lines if line.startswith("step ")]
    assert len(losses) == 3 and all(map(math.isfinite, losses))
    found = weights.read(folder / "mine-1.safetensors")
    assert found.kind == "wae" and found.config == {"transform": {"width": 4, "looks": 1}}
    _, notes = checkpoint.load(settings.output)
    assert found.recipe["step"] == notes["step"] == "3" and json.loads(notes["settings"])["energy_weight"] == "0.1"
    assert not weights_file.nets_in(folder / "mine-1.safetensors")


def test_going_on_with_the_first_stage(first, tmp_path):
    _, settings, _ = first
    before = checkpoint.load(settings.output)[0]
    lines: list[str] = []
    trainer = wae_loop.Trainer(replace(settings, steps=4), WaeConfig(16), lines.append)
    assert "going on from step 3" in lines
    assert trainer.config == WaeConfig(4) and equal(
        {f"model.{name}": value for name, value in trainer.model.state_dict().items()}, before
    )


def test_the_second_stage_leaves_the_transform_and_the_third_does_not(first, data):
    folder, _, _ = first
    second, _ = later(first, data, frozen=True)
    third, lines = later(first, data, frozen=False)
    assert equal(transform_of(folder / "mine-1.safetensors"), transform_of(second))
    assert not equal(transform_of(second), transform_of(third))
    assert weights.read(third).config["names"] == ["coarse", "fine"]
    assert any("% right" in line for line in lines)
    nets = [weights_file.nets_in(path) for path in (second, third)]
    assert nets[0].keys() == nets[1].keys() and not equal(*nets)


def test_it_learns(first, data):
    _, lines = later(first, data, frozen=True, output=first[0] / "longer", steps=60, averaging=0.9)
    assert lines[-2] == "held out at step 60: 100.00 % right"


def test_the_third_stage_needs_a_second(first, data, tmp_path):
    folder, _, _ = first
    asked = classifier_loop.Settings(data=(data,), validation=(), output=tmp_path, crop=32, frozen=False)
    with pytest.raises(ValueError, match="no classifier yet: stage 2 comes first"):
        wae_stages.later(asked, str(folder / "mine-1.safetensors"), tmp_path / "x.safetensors", print)


def test_all_views_of_a_square_are_different():
    picture = torch.arange(48).view(3, 4, 4)
    views = {classifier_loop.turned(picture, view).contiguous().numpy().tobytes() for view in range(8)}
    assert len(views) == 8


def test_each_example_once_before_any_comes_again(data, tmp_path):
    source = wae_stages._source((), 8)
    source.pictures, source.labels = torch.zeros(10, 3, 8, 8, dtype=torch.uint8), torch.zeros(10, dtype=torch.long)
    settings = classifier_loop.Settings(data=(), validation=(), output=tmp_path, steps=2, batch=5)
    config = classifier_loop.ClassifierConfig("half", 2, (8,))
    trainer = classifier_loop.Trainer(settings, config, source, source, log=lambda line: None)
    assert sorted(torch.cat([trainer._next(), trainer._next()]).tolist()) == list(range(10))
