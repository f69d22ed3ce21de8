"""Drawn pictures, tiny nets that do something, and a tiny model trained for two steps and frozen."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from wlc.freezing import freeze
from wlc.models.integer_layers import IntConv, TrainableConv
from wlc.models.lossy import LossyConfig, LossyModel
from wlc.models.scale_nets import export
from wlc.models.training.lossy_loop import Settings, Trainer

Draw = Callable[..., np.ndarray]


def _draw(height: int, width: int, seed: int = 0) -> np.ndarray:
    """Soft shades, hard discs, stripes and a little noise: (height, width, 3) of uint8."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width] / max(height, width)
    angles, phases = random.uniform(0, 6, (2, 3, 1, 1))
    picture = 128 + 90 * np.sin(4 * (x * np.cos(angles) + y * np.sin(angles)) + phases)
    for _ in range(12):
        row, column, radius = random.uniform(0, 1), random.uniform(0, 1), random.uniform(0.02, 0.15)
        disc = (y - row) ** 2 + (x - column) ** 2 < radius**2
        stripes = 25 * np.sin(random.uniform(50, 500) * (x + random.uniform(-1, 1) * y))
        picture = np.where(disc, random.uniform(0, 255, (3, 1, 1)) + stripes, picture)
    picture += random.normal(0, 3, picture.shape)
    return np.ascontiguousarray(picture.round().clip(0, 255).astype(np.uint8).transpose(1, 2, 0))


@pytest.fixture(scope="session")
def draw() -> Draw:
    return _draw


@pytest.fixture(scope="session")
def tiny_config() -> LossyConfig:
    return LossyConfig(8, 1, 8, 2, (4, 4, 6, 6, 8, 8))


@pytest.fixture
def lively_model(tiny_config: LossyConfig) -> LossyModel:
    """A tiny running model whose nets are random, so that all of them make a difference."""
    torch.manual_seed(7)
    trained = LossyModel(tiny_config, TrainableConv)
    for net in (trained.encoder_net, trained.decoder_net):
        torch.nn.init.normal_(net.leave.weight, std=0.1)
    torch.nn.init.normal_(trained.gains.log, std=0.1)
    model = LossyModel(tiny_config, IntConv)
    model.load_state_dict(
        {k: v for k, v in trained.state_dict().items() if not k.startswith("scale_nets.")}, strict=False
    )
    model.scale_nets = export(trained.scale_nets)
    return model.eval()


@dataclass(frozen=True)
class TinyTraining:
    """A finished run of two steps: how it was asked for, what it said, and the weights made from it."""

    settings: Settings
    config: LossyConfig
    lines: list[str]
    weights: Path


@pytest.fixture(scope="session")
def picture_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    for number in range(3):
        Image.fromarray(_draw(264, 280, number)).save(folder / f"{number}.png")
    return folder


@pytest.fixture(scope="session")
def tiny_training(
    tmp_path_factory: pytest.TempPathFactory, picture_folder: Path, tiny_config: LossyConfig
) -> TinyTraining:
    output = tmp_path_factory.mktemp("training")
    settings = Settings(
        data=(picture_folder,),
        pristine=(),
        validation=(picture_folder,),
        output=output,
        steps=2,
        batch=2,
        crop=64,
        log_seconds=0,
    )
    lines: list[str] = []
    Trainer(settings, tiny_config, log=lines.append).run()
    weights = output / "weights" / "tiny.safetensors"
    freeze(output, weights, [picture_folder], crops=8, log=lines.append)
    return TinyTraining(settings, tiny_config, lines, weights)
