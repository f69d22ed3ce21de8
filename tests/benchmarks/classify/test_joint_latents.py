from pathlib import Path

import numpy as np
import torch

from wlc.benchmarks.classify.joint_latents import JointLatents, Settings, Trainer
from wlc.benchmarks.classify.latents import LatentsConfig
from wlc.loaded import by_name
from wlc.models.training.classifier_loop import PixelSource

CONFIG = LatentsConfig(12, 36, (4, 8), 2)
RATE_INDEX = 100


def two_kinds() -> PixelSource:
    """Coarse stripes and fine ones, with noise."""
    random = np.random.default_rng(0)
    waves = [110 + 80 * np.sin(np.arange(64) / period + n) for period in (6.0, 2.0) for n in range(3)]
    shades = np.stack([wave + random.normal(0, 6, (64, 64)) for wave in waves]).clip(0, 255).astype(np.uint8)
    return PixelSource(torch.from_numpy(shades)[:, None].repeat(1, 3, 1, 1), torch.tensor([0, 0, 0, 1, 1, 1]))


def trained(output: Path, **how: float) -> Trainer:
    torch.manual_seed(0)
    settings = Settings(
        data=(), validation=(), output=output, steps=10, batch=6, learning_rate=2e-2, averaging=0.5, **how
    )
    nets = CONFIG.build().state_dict()
    trainer = Trainer(settings, CONFIG, by_name(None, "cpu"), RATE_INDEX, two_kinds(), nets, log=lambda line: None)
    trainer.run()
    return trainer


def bits_of(model: JointLatents) -> float:
    (pictures,) = two_kinds().plain(torch.arange(6))
    with torch.no_grad():
        return model.coded(pictures.add(1).mul(127.5)).bits.sum().item()


def test_a_rate_term_saves_bits(tmp_path):
    dear, cheap = (trained(tmp_path / name, rate=rate) for name, rate in (("dear", 20.0), ("cheap", 0.0)))
    before = JointLatents(CONFIG, by_name(None, "cpu"), RATE_INDEX)
    assert bits_of(dear.average) < 0.98 * bits_of(before)
    assert bits_of(dear.average) < 0.98 * bits_of(cheap.average)


def test_only_the_encoder_and_the_nets_learn(tmp_path):
    loaded = by_name(None, "cpu")
    before, after = loaded.model.state_dict(), trained(tmp_path).model.codec.state_dict()
    moved = {name for name, tensor in after.items() if not torch.equal(tensor, before[name].to(tensor.dtype))}
    assert moved and all(name.startswith("encoder_net.") for name in moved)
