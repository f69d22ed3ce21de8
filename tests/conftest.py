"""What all tests share: nothing is left to chance, and Kodak is there only for those who have it."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from PIL import Image

# The same examples every time, and no deadline: the first call of anything that uses torch is slow.
settings.register_profile("repeatable", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("repeatable")


def pytest_configure(config: pytest.Config) -> None:
    """Where tests run side by side, each process has one thread: more would only wait for one another."""
    if hasattr(config, "workerinput"):
        os.environ["OMP_NUM_THREADS"] = "1"


@pytest.fixture(autouse=True)
def repeatable_torch() -> Iterator[None]:
    """The same seed for each test, and the number of threads as it was before it.

    Looks only whether torch was imported: tests of the bitstream must run, and start fast, without it.
    """
    torch = sys.modules.get("torch")
    if torch is None:
        yield
        return
    threads = torch.get_num_threads()
    torch.manual_seed(0)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def kodak() -> list[Path]:
    """The Kodak pictures, for measuring only; WLC_KODAK names their folder, as they are not shipped."""
    folder = os.environ.get("WLC_KODAK")
    if not folder:
        pytest.skip("WLC_KODAK does not name a folder with the Kodak pictures")
    paths = sorted(Path(folder).glob("kodim*.png"))
    if not paths:
        pytest.skip(f"there are no kodim*.png in WLC_KODAK={folder}")
    return paths


@dataclass(frozen=True)
class TinyLosslessTraining:
    """A finished run of two steps of the lossless trainer: what was asked, what it said, and the weights made of it."""

    settings: Any
    config: Any
    lines: list[str]
    weights: Path


@pytest.fixture(scope="session")
def tiny_lossless_training(tmp_path_factory: pytest.TempPathFactory) -> TinyLosslessTraining:
    """Torch is imported here, and not above, for the sake of tests that do without it."""
    import torch

    from wlc.lossless_freezing import freeze_lossless
    from wlc.models.sample_nets import LosslessConfig
    from wlc.models.training.lossless_loop import Settings, Trainer

    folder = tmp_path_factory.mktemp("lossless-pictures")
    y, x = np.mgrid[:96, :96]
    for number in range(3):
        random = np.random.default_rng(number)
        shade = np.stack([x + number * y, 255 - 2 * y, 120 + 60 * np.sin(x / (9 + number))], axis=-1)
        shade[(x - 40) ** 2 + (y - 50) ** 2 < 20**2] = random.uniform(0, 255, 3)
        noisy = shade + random.normal(0, 1 + 2 * number, shade.shape)
        Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(folder / f"{number}.png")
    output = tmp_path_factory.mktemp("lossless-training")
    settings = Settings(data=(folder,), validation=(folder,), output=output, steps=2, batch=2, crop=64, log_seconds=0)
    config = LosslessConfig(width=8, colour_width=8, looks=1, own_splits=1)
    lines: list[str] = []
    trainer = Trainer(settings, config, log=lines.append)
    torch.manual_seed(3)
    with torch.no_grad():  # two steps teach the heads next to nothing: let what they say depend on the picture
        for name, weight in trainer.model.named_parameters():
            if name.endswith("name.weight"):
                weight.normal_(std=0.01)[-1] *= 10
        trainer.average.load_state_dict(trainer.model.state_dict())
    trainer.run()
    weights = output / "weights" / "lossless.safetensors"
    freeze_lossless(output, weights, [folder], crops=6, log=lines.append)
    return TinyLosslessTraining(settings, config, lines, weights)


@pytest.fixture(scope="module")
def tiny_lossless(tiny_lossless_training: TinyLosslessTraining) -> Iterator[Path]:
    """While a module runs, the tiny weights are the ones for lossless files, also where others are shipped."""
    from wlc.models import weights

    before = [str(weights.SHIPPED), os.environ.get(weights.SEARCH_PATH, "")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weights, "SHIPPED", tiny_lossless_training.weights.parent)
        patch.setenv(weights.SEARCH_PATH, os.pathsep.join(before))
        yield tiny_lossless_training.weights
