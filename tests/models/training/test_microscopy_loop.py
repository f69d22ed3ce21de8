"""A few steps of training, and the weights that come out."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import wlc
from wlc.microscopy_freezing import freeze_microscopy
from wlc.models import runtime, weights
from wlc.models.microscopy import Microscopy, MicroscopyConfig
from wlc.models.training.microscopy_loop import Settings, Trainer

TINY = MicroscopyConfig((8, 8, 4), (1, 1, 0), 1)
VARIATIONAL = replace(TINY, variational=True)


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
    """Of a code as it is decoded in training: rounded, or drawn."""
    rgb = torch.stack([picture.float() for picture in trainer.validation])
    with torch.no_grad():
        codes, _ = trainer.model.coded_for_good(rgb)
        back = 255 * trainer.model.nets.pictures_from(codes, (64, 64))
    return (back - rgb).square().mean().item()


def frozen(settings: Settings) -> Path:
    target = settings.output / "tiny.safetensors"
    freeze_microscopy(settings.output, target, list(settings.data), 4, log=lambda line: None)
    return target


@pytest.mark.parametrize("config", [TINY, VARIATIONAL], ids=["plain", "variational"])
def test_it_learns_and_goes_on(settings, config):
    """A checkpoint says itself how its model was built, and whether it is variational."""
    lines: list[str] = []
    trainer = Trainer(settings, config, log=lines.append)
    before, unit = error(trainer), trainer.model.nets.log_gain.clone()
    trainer.run()
    assert error(trainer) < 0.95 * before
    assert trainer.model.nets.log_gain.equal(unit) == config.variational
    assert lines[0] == "3 pictures, 3 held out"
    assert lines[-1].startswith("held out at step 30: about ") and "nan" not in lines[-1]
    again = Trainer(replace(settings, steps=31), MicroscopyConfig((4, 4, 4), (0, 0, 0), 1), log=lines.append)
    assert again.step == 30 and again.config == config
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


def test_finished_variational_weights(settings, monkeypatch):
    """Files are made with them as with any other; of what only training needs, they hold nothing."""
    trainer = Trainer(settings, VARIATIONAL, log=lambda line: None)
    trainer.run()
    path = frozen(settings)
    read = weights.read(path)
    assert read.kind == weights.MICROSCOPY and not any("log_variance" in name for name in read.arrays)
    model = runtime.build(read)
    rgb = torch.stack([picture.float() for picture in trainer.validation])
    with torch.no_grad():
        means, features = trainer.average.nets.values_and_features_of(rgb)
        log_variance = trainer.average.posterior.log_variance(features)
        codes = model.codes_of(rgb / 255)
        rounded = codes * (-model.log_gain).exp()
        whole = 255 * model.pictures_from(codes, (64, 64))
        assert torch.allclose(whole, trainer.average.nets.decoded(rounded).clamp(0, 255), atol=0.01)
    harm = ((rounded - means).square() / log_variance.exp()).mean().item()
    assert 0.7 < harm < 1.4  # as much as noise would do, on average over places
    monkeypatch.setenv(weights.SEARCH_PATH, str(path.parent))
    picture = settings.data[0] / "0.png"
    data = wlc.compress(picture, model="tiny", device="cpu")
    assert torch.equal(wlc.latents(data, device="cpu")[0].float(), codes[0])
    shown = torch.from_numpy(np.array(wlc.decompress(data, device="cpu"))).movedim(-1, 0)
    assert (shown - whole[0]).abs().max() <= 1


def test_a_new_code_has_the_spread_of_the_prior(settings):
    """About zero, and about one: so nothing has to be learned before the divergence makes sense."""
    trainer = Trainer(settings, VARIATIONAL, log=lambda line: None)
    values = trainer.model.nets.values_of(torch.stack([picture.float() for picture in trainer.validation]))
    assert abs(values.mean().item()) < 0.3 and 0.5 < values.std().item() < 1.2


def test_noise_is_learned(settings):
    """The error pulls at the layer that says how much noise there is, and so does the divergence."""
    slopes = []
    for trade_off in (1e-9, 1e4):
        trainer = Trainer(replace(settings, trade_off=trade_off), VARIATIONAL, log=lambda line: None)
        trainer.loss().backward()
        slopes.append(trainer.model.posterior.to_log_variance.bias.grad.item())
    assert slopes[0] < 0 < slopes[1]


def test_a_plain_checkpoint_does_not_become_variational(settings):
    Trainer(replace(settings, steps=1), TINY, log=lambda line: None).run()
    with pytest.raises(ValueError, match="is not of a variational model"):
        Trainer(settings, VARIATIONAL, log=lambda line: None)


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
