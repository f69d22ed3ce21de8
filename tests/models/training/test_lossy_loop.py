"""Two steps of training, everything around them, and a picture through the weights that come out."""

import json
import math
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch

from wlc.decode import decode, decode_symbols
from wlc.encode import Encoder
from wlc.models import weights
from wlc.models.training import checkpoint, objective
from wlc.models.training.lossy_loop import Trainer
from wlc.pictures import Picture


def test_it_says_how_it_goes(tiny_training):
    assert "3 pictures, 0 pristine, 3 held out" in tiny_training.lines[0]
    steps = [line for line in tiny_training.lines if line.startswith("step ")]
    assert [line.split()[1] for line in steps] == ["1", "2"]
    assert all(math.isfinite(float(line.split()[3])) for line in steps)
    held_out = next(line for line in tiny_training.lines if line.startswith("held out at step 2"))
    assert "nan" not in held_out and held_out.count("/") == 6


def test_the_recipe_is_kept(tiny_training):
    _, notes = checkpoint.load(tiny_training.settings.output)
    assert json.loads(notes["config"]) == json.loads(json.dumps(tiny_training.config.as_dict()))
    assert notes["step"] == "2" and notes["device"] == "cpu" and notes["workers"] == "1"
    assert json.loads(notes["settings"])["crop"] == "64"
    assert "/" not in notes["settings"]  # no folder of the machine that trained
    assert not {"data", "validation", "output"} & json.loads(notes["settings"]).keys()
    assert weights.read(tiny_training.weights).recipe["data"] == notes["data"]


@pytest.fixture
def copied(tiny_training, tmp_path):
    """Settings that go on from the same checkpoint, without writing over it."""
    shutil.copy(tiny_training.settings.output / checkpoint.NAME, tmp_path)
    return replace(tiny_training.settings, output=tmp_path)


def test_going_on(tiny_training, copied):
    tensors, _ = checkpoint.load(copied.output)
    other_config = replace(tiny_training.config, decoder_width=64)  # that of the checkpoint counts
    lines: list[str] = []
    trainer = Trainer(replace(copied, steps=3), other_config, log=lines.append)
    assert trainer.step == 2 and trainer.model.config == tiny_training.config
    assert "going on from step 2" in lines
    for prefix, module in (("model.", trainer.model), ("average.", trainer.average)):
        for name, tensor in module.state_dict().items():
            assert torch.equal(tensor, tensors[prefix + name])
    assert len(trainer.optimiser.state_dict()["state"]) == len(list(trainer.model.parameters()))
    trainer.run()
    later, notes = checkpoint.load(copied.output)
    assert notes["step"] == "3"
    assert not torch.equal(later["model.gains.log"], tensors["model.gains.log"])


def test_nothing_left_to_do(copied, tiny_config):
    before, _ = checkpoint.load(copied.output)
    Trainer(copied, tiny_config, log=lambda line: None).run()
    after, notes = checkpoint.load(copied.output)
    assert notes["step"] == "2"
    assert all(torch.equal(before[name], tensor) for name, tensor in after.items())


def test_an_interruption_saves(copied, tiny_config, monkeypatch):
    trainer = Trainer(replace(copied, steps=100), tiny_config, log=lambda line: None)
    one_step, steps = trainer._one_step, iter(range(3))

    def interrupted() -> float:
        if next(steps) == 2:
            raise KeyboardInterrupt
        return one_step()

    monkeypatch.setattr(trainer, "_one_step", interrupted)
    trainer.run()
    assert checkpoint.load(copied.output)[1]["step"] == "4"


def test_a_step_without_a_finite_gradient_is_left_out(copied, tiny_config, monkeypatch):
    lines: list[str] = []
    trainer = Trainer(replace(copied, steps=3), tiny_config, log=lines.append)
    before = {name: tensor.clone() for name, tensor in trainer.model.state_dict().items()}
    evaluate = objective.evaluate

    def blown_up(*arguments):
        outcome = evaluate(*arguments)
        return replace(outcome, loss=outcome.loss * math.inf)

    monkeypatch.setattr(objective, "evaluate", blown_up)
    trainer._one_step()
    assert any("is left out" in line for line in lines)
    assert all(torch.equal(before[name], tensor) for name, tensor in trainer.model.state_dict().items())
    assert trainer.step == 3


def test_the_same_seed_trains_the_same(tiny_training, tmp_path):
    settings = replace(tiny_training.settings, output=tmp_path, validation=())
    Trainer(settings, tiny_training.config, log=lambda line: None).run()
    again, _ = checkpoint.load(tmp_path)
    first, _ = checkpoint.load(tiny_training.settings.output)
    assert first.keys() == again.keys()
    assert all(torch.allclose(first[name], tensor, atol=1e-5) for name, tensor in again.items())


def test_the_learning_rate_rises_and_falls(copied, tiny_config):
    trainer = Trainer(replace(copied, steps=1000, minutes=math.inf), tiny_config, log=lambda line: None)
    rates = []
    for trainer.step in range(0, 1000, 10):
        rates.append(trainer._learning_rate())
    assert rates[0] < 0.01 * copied.learning_rate
    assert max(rates) == pytest.approx(copied.learning_rate, rel=0.15)
    assert rates[-1] == pytest.approx(0.02 * copied.learning_rate, rel=0.1)
    trainer.settings = replace(trainer.settings, minutes=1.0)
    trainer.step, trainer.seconds = 1, 45.0
    assert trainer.progress() == 0.75


def test_what_was_trained_makes_files(tiny_training, draw, monkeypatch):
    """Frozen: integer nets and tables that a real file is written and read with."""
    picture = Picture(draw(100, 140, seed=9))
    encoder = Encoder(picture, model=str(tiny_training.weights), device="cpu")
    data = encoder.at(150)
    monkeypatch.setenv(weights.SEARCH_PATH, str(tiny_training.weights.parent))
    back = decode(data, device="cpu")
    assert np.abs(back.samples.astype(int) - encoder.reconstruct().samples).max() <= 1
    error = np.square(back.samples.astype(float) - picture.samples).mean()
    assert 10 * np.log10(255**2 / error) > 28
    assert len(data) < picture.samples.size / 4
    for written, read in zip(encoder._symbols, decode_symbols(data, device="cpu"), strict=True):
        assert torch.equal(written, read)
