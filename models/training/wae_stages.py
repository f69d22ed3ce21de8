"""The three stages of the wavelet-like auto-encoder, one after the other in one folder.

1. The transform alone. 2. A classifier on its halves, which stay as they are. 3. Both together.
"""

from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

from ..wae import weights_file
from ..wae.fronts import LEARNED
from ..wae.nets import WaeConfig
from ..wae.transforms import learned
from . import classifier_loop, labelled, wae_loop
from .classifier_loop import ClassifierConfig, PixelSource


def first(settings: wae_loop.Settings, config: WaeConfig, target: Path, log: Callable[[str], None]) -> None:
    trainer = wae_loop.Trainer(settings, config, log)
    trainer.run()
    _finish(trainer, target, trainer.average, None, {"transform": trainer.config.as_dict()})


def later(settings: classifier_loop.Settings, before: str, target: Path, log: Callable[[str], None]) -> None:
    """Stage 2, or 3 where the settings leave the transform free. `before` is what the stage before it made.

    Raises ValueError where there is nothing to go on from, or no labels to learn.
    """
    wae, _ = learned(before)
    known = _nets_before(before)
    if not settings.frozen and not known:
        raise ValueError(f"{before} has no classifier yet: stage 2 comes first")
    examples = labelled.load(settings.data[0])
    config = ClassifierConfig(LEARNED, len(examples.classes), transform=wae.config)

    def start(model: nn.Module) -> None:
        model.front.wae.load_state_dict(wae.state_dict())
        if known:
            model.nets.load_state_dict(known)

    held_out = examples.test
    if settings.validation:
        others = labelled.load(settings.validation[0])
        if others.classes != examples.classes:
            raise ValueError(f"{settings.validation[0]} has other classes than {settings.data[0]}")
        held_out = others.test or others.train
    sources = (_source(part, settings.crop) for part in (examples.train, held_out))
    trainer = classifier_loop.Trainer(settings, config, *sources, start=start, log=log)
    trainer.run()
    made = {**trainer.config.as_dict(), "names": list(examples.classes)}
    _finish(trainer, target, trainer.average.front.wae, trainer.average.nets, made)


def _nets_before(before: str) -> dict[str, torch.Tensor]:
    path = Path(before)
    return weights_file.nets_in(path) if path.is_file() else {}


def _source(examples: tuple[labelled.Example, ...], side: int) -> PixelSource:
    pictures = [labelled.square(example.data, side) for example in examples]
    labels = torch.tensor([example.label for example in examples], dtype=torch.long)
    return PixelSource(torch.stack(pictures) if pictures else torch.empty(0, 3, side, side), labels)


def _finish(trainer, target: Path, transform: nn.Module, nets: nn.Module | None, config: dict) -> None:
    if not trainer.leads:
        return
    weights_file.save(target, transform, nets, config, trainer.recipe())
    trainer.log(f"wrote {target}, {target.stat().st_size / 1e6:.2f} MB")
