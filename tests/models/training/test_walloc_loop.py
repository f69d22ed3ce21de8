"""The slim codec's training: where it begins, that it learns, that it goes on, and the file that comes out."""

import math

import numpy as np
import pytest
import torch
from PIL import Image

import wlc
from wlc.autoencoder_freezing import freeze_walloc
from wlc.models import weights
from wlc.models.training import checkpoint
from wlc.models.training.walloc_loop import Settings, SlimConfig, Trainer
from wlc.models.walloc import Slim2D


@pytest.fixture(scope="module")
def settings(tmp_path_factory) -> Settings:
    folder = tmp_path_factory.mktemp("pictures")
    y, x = np.mgrid[:96, :96]
    for number in range(3):
        shade = np.stack([x + number * y, 255 - 2 * y, 120 + 60 * np.sin(x / (5 + number))], axis=-1)
        shade += np.random.default_rng(number).normal(0, 4, shade.shape)
        Image.fromarray(shade.clip(0, 255).astype(np.uint8)).save(folder / f"{number}.png")
    output = tmp_path_factory.mktemp("run")
    return Settings(data=(folder,), validation=(folder,), output=output, steps=3, batch=2, crop=64, log_seconds=0)


@pytest.fixture(scope="module")
def run(settings) -> tuple[Trainer, list[str]]:
    lines: list[str] = []
    trainer = Trainer(settings, SlimConfig(Nd=16, blocks=1, latent_dim=6), log=lines.append)
    trainer.run()
    return trainer, lines


def test_it_begins_as_a_transform(settings, tmp_path):
    """With as many latents as packets, and a fine step, the untrained codec loses next to nothing."""
    from dataclasses import replace

    config = SlimConfig(J=1, Nd=16, blocks=1, latent_dim=12, latent_bits=12)
    trainer = Trainer(replace(settings, output=tmp_path, trade_off=20.0), config, log=lambda line: None)
    codec = trainer.model.codec.eval()
    x = trainer.crops.draw()[None] / 255 - 0.5
    with torch.no_grad():
        error = codec(x)[1]
    assert 10 * math.log10(1 / error) > 40


def test_it_says_how_it_goes(run):
    _, lines = run
    assert lines[0] == "3 pictures, 3 held out"
    held_out = lines[-1]
    assert held_out.startswith("held out at step 3: loss ")
    rate, psnr = held_out.split()[-1].split("/")
    assert 0 < float(rate) < 8 and 10 < float(psnr) < 60


def test_everything_learns(run):
    trainer, _ = run
    loss = trainer.loss()
    trainer.model.zero_grad()
    loss.backward()
    # The net's last layer starts at zero, so after a few steps slopes reach all of it.
    assert all(parameter.grad is not None for parameter in trainer.model.parameters())
    assert trainer.model.codec.encoder[0].weight.grad.abs().max() > 0
    assert trainer.model.codec.decoder[1].correction[0].weight.grad.abs().max() > 0


def test_going_on(run, settings):
    again = Trainer(settings, SlimConfig(Nd=64), log=lambda line: None)
    assert again.step == 3 and again.config == SlimConfig(Nd=16, blocks=1, latent_dim=6)


def test_the_file_that_comes_out(run, settings, tmp_path, monkeypatch):
    trainer, _ = run
    target = tmp_path / "mine.safetensors"
    freeze_walloc(settings.output, target, list(settings.data), crops=4, log=lambda line: None)
    assert checkpoint.kind_of(settings.output) == weights.noted(target).kind == weights.WALLOC
    assert weights.noted(target).recipe["step"] == "3"
    codec = Slim2D.load(target)
    x = torch.rand(1, 3, 32, 32)
    with torch.no_grad():
        assert torch.equal(codec.codes_of(x), trainer.average.codec.eval().codes_of(x))
    monkeypatch.setenv(weights.SEARCH_PATH, str(tmp_path))
    picture = np.asarray(Image.open(settings.data[0] / "0.png"))
    shown = np.asarray(wlc.decompress(wlc.compress(picture, model="mine")))
    assert shown.shape == picture.shape
