"""Two steps of training the lossless nets, everything around them, and weights that come out."""

import json
import math
import shutil
from dataclasses import replace

import pytest
import torch

from wlc.models import weights
from wlc.models.sample_nets import LosslessConfig
from wlc.models.training import checkpoint, lossless_loop
from wlc.models.training.lossless_loop import Trainer


def test_it_says_how_it_goes(tiny_lossless_training):
    lines = tiny_lossless_training.lines
    assert lines[0] == "3 pictures, 3 held out"
    steps = [line for line in lines if line.startswith("step ")]
    assert [line.split()[1] for line in steps] == ["1", "2"]
    assert all(math.isfinite(float(line.split()[3])) for line in steps)
    held_out = next(line for line in lines if line.startswith("held out at step 2"))
    kinds = dict(part.rsplit(" ", 1) for part in held_out.split(": ")[1].split(", "))
    assert list(kinds) == ["bits a sample", "as from cameras", "as once stored"]
    assert all(1 < float(bits) < 16 for bits in kinds.values())


def test_the_recipe_is_kept(tiny_lossless_training):
    output = tiny_lossless_training.settings.output
    _, notes = checkpoint.load(output)
    assert notes["kind"] == checkpoint.kind_of(output) == "lossless"
    assert json.loads(notes["config"]) == tiny_lossless_training.config.as_dict()
    assert notes["step"] == "2" and "/" not in notes["settings"]
    found = weights.read(tiny_lossless_training.weights)
    assert found.kind == weights.LOSSLESS and found.recipe["data"] == notes["data"]
    assert found.config == tiny_lossless_training.config.as_dict()


@pytest.fixture
def copied(tiny_lossless_training, tmp_path):
    """Settings that go on from the same checkpoint, without writing over it."""
    shutil.copy(tiny_lossless_training.settings.output / checkpoint.NAME, tmp_path)
    return replace(tiny_lossless_training.settings, output=tmp_path, validation=(), batch=1)


def test_going_on(tiny_lossless_training, copied):
    tensors, _ = checkpoint.load(copied.output)
    lines: list[str] = []
    trainer = Trainer(replace(copied, steps=3), LosslessConfig(width=64), log=lines.append)
    assert trainer.step == 2 and trainer.config == tiny_lossless_training.config  # that of the checkpoint counts
    assert "going on from step 2" in lines
    for prefix, module in (("model.", trainer.model), ("average.", trainer.average)):
        for name, tensor in module.state_dict().items():
            assert torch.equal(tensor, tensors[prefix + name])
    assert trainer.optimiser.state_dict()["state"]
    trainer.run()
    later, notes = checkpoint.load(copied.output)
    assert notes["step"] == "3" and lines[-1] == "no held-out pictures"
    moved = [name for name in later if name.startswith("model.") and not torch.equal(later[name], tensors[name])]
    assert "model.shape.share" in moved and any(".enter.weight" in name for name in moved)


def test_the_loss_falls(tiny_lossless_training, tmp_path, monkeypatch):
    """From what a picture is taken to be before anything is learned, on the very same crops."""
    settings = replace(
        tiny_lossless_training.settings, output=tmp_path, validation=(), batch=1, steps=400, learning_rate=0.1
    )
    trainer = Trainer(settings, tiny_lossless_training.config, log=lambda line: None)
    monkeypatch.setattr(lossless_loop, "_WITH_ERRORS", 0)
    crops = [trainer.crops.draw() for _ in range(2)]
    monkeypatch.setattr(trainer.crops, "draw", lambda: crops[trainer.step % 2])
    losses = [trainer._one_step() for _ in range(8)]
    assert losses[-2] < losses[0] and losses[-1] < losses[1] and all(math.isfinite(loss) for loss in losses)
    names = {name for name, p in trainer.model.named_parameters() if p.grad is None or not p.grad.any()}
    assert not any(".name." in name or name.startswith("shape") for name in names)


def test_pictures_with_an_error_are_learned_too(copied, monkeypatch):
    asked = []
    monkeypatch.setattr(lossless_loop, "_WITH_ERRORS", 1)
    monkeypatch.setattr(lossless_loop, "bits_per_sample", lambda *arguments: asked.append(arguments[-1]))
    trainer = Trainer(copied, LosslessConfig(), log=lambda line: None)
    for _ in range(60):
        trainer.loss()
    assert set(asked) == {1, 2, 3, 4}
    monkeypatch.setattr(lossless_loop, "_WITH_ERRORS", 0)
    trainer.loss()
    assert asked[-1] == 0


def test_the_same_seed_trains_the_same(tiny_lossless_training, copied, tmp_path):
    again = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        shutil.copy(copied.output / checkpoint.NAME, tmp_path / folder)
        settings = replace(copied, output=tmp_path / folder, steps=3)
        Trainer(settings, tiny_lossless_training.config, log=lambda line: None).run()
        again.append(checkpoint.load(tmp_path / folder)[0])
    assert all(torch.allclose(again[0][name], tensor, atol=1e-5) for name, tensor in again[1].items())


def test_held_out_pictures_of_any_size(copied):
    trainer = Trainer(copied, LosslessConfig(), log=lambda line: None)
    trainer.validation = [torch.randint(0, 256, (3, 75, 99))]
    assert "bits a sample" in trainer.validate()
