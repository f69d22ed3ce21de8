"""A few steps of training, and the weights that come out."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from wlc.microscopy_freezing import freeze_microscopy
from wlc.models import runtime, weights
from wlc.models.microscopy import Microscopy, MicroscopyConfig
from wlc.models.training.microscopy_loop import Settings, Trainer

TINY = MicroscopyConfig((8, 8, 4), (1, 1, 0), 1)


@pytest.fixture
def settings(draw, tmp_path) -> Settings:
    folder = tmp_path / "tiles"
    folder.mkdir()
    for seed in range(3):
        shade = draw(64, 64, seed)[..., :1]
        stained = np.concatenate([shade, shade // 2 + 40, 255 - shade // 3], axis=-1)
        Image.fromarray(stained).save(folder / f"{seed}.png")
    return Settings(
        data=(folder,), validation=(folder,), output=tmp_path / "out", steps=30, batch=2, crop=32, learning_rate=0.02
    )


def error(trainer: Trainer) -> float:
    rgb = torch.stack([picture.float() for picture in trainer.validation])
    with torch.no_grad():
        back = 255 * trainer.model.nets.pictures_from(trainer.model.nets.codes_of(rgb / 255), (64, 64))
    return (back - rgb).square().mean().item()


def frozen(settings: Settings) -> Path:
    target = settings.output / "tiny.safetensors"
    freeze_microscopy(settings.output, target, list(settings.data), 4, log=lambda line: None)
    return target


def test_it_learns_and_goes_on(settings):
    lines: list[str] = []
    trainer = Trainer(settings, TINY, log=lines.append)
    before = error(trainer)
    trainer.run()
    assert error(trainer) < 0.95 * before
    assert lines[0] == "3 pictures, 3 held out"
    assert lines[-1].startswith("held out at step 30: about ") and "nan" not in lines[-1]
    again = Trainer(replace(settings, steps=31), MicroscopyConfig((4, 4, 4), (0, 0, 0), 1), log=lines.append)
    assert again.step == 30 and again.config == TINY
    for name, tensor in trainer.model.state_dict().items():
        assert torch.equal(again.model.state_dict()[name], tensor)


def test_finished_weights(settings):
    trainer = Trainer(replace(settings, steps=2), TINY, log=lambda line: None)
    trainer.run()
    read = weights.read(frozen(settings))
    assert read.kind == weights.MICROSCOPY and read.recipe["step"] == "2"
    model = runtime.build(read)
    assert isinstance(model, Microscopy) and model.config == TINY
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, trainer.average.nets.state_dict()[name]), name
    assert not any(parameter.requires_grad for parameter in model.parameters())


def test_a_feature_term(settings, tiny_training):
    """It adds to the loss, by its weight, and pulls at the nets."""
    losses = {}
    for weight in (0.0, 100.0, 200.0):
        asked = replace(settings, features=str(tiny_training.weights), feature_weight=weight)
        trainer = Trainer(asked, TINY, log=lambda line: None)
        torch.manual_seed(1)
        loss = trainer.loss()
        loss.backward()
        losses[weight] = loss.item(), trainer.model.nets.to_samples.weight.grad.clone()
    (plain, slope), (some, pulled), (more, _) = losses.values()
    assert math.isclose(more - some, some - plain, rel_tol=1e-3) and some > plain
    assert not torch.equal(slope, pulled)


def test_an_encoder_that_is_not_there(settings):
    with pytest.raises(ValueError, match="no model named 'nobody'"):
        Trainer(replace(settings, features="nobody"), TINY, log=lambda line: None)


def test_more_bits_for_less_error(settings):
    """The trade-off is what decides between them: the slope of the gain changes its sign."""
    slopes = []
    for trade_off in (1e-5, 10.0):
        trainer = Trainer(replace(settings, trade_off=trade_off), TINY, log=lambda line: None)
        torch.manual_seed(1)
        trainer.loss().backward()
        slopes.append(trainer.model.nets.log_gain.grad.item())
    assert slopes[0] > 0 > slopes[1]
