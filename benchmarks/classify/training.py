"""Training one row with one seed, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from wlc.benchmarks.classify.rows import LATENTS, TUNED, Row
from wlc.benchmarks.classify.store import Setting
from wlc.models.training import classifier_loop, wae_loop
from wlc.models.training.classifier_loop import ClassifierConfig, PixelSource, Source
from wlc.models.training.labelled import Examples
from wlc.models.training.loop import Loop
from wlc.models.wae.energy import high_share
from wlc.models.wae.fronts import LEARNED
from wlc.models.wae.nets import WaeConfig
from wlc.models.wae.objective import evaluate

_STAGE_ONE_STEPS = 300
_STAGE_ONE_CROP = 64
_FROZEN_SHARE = 0.25  # of the epochs, for a row that trains in two parts
_AVERAGING = 0.98
_LOOKED_AT = 100  # pictures, for how well halves are merged

Sources = tuple[Source, Source]


@dataclass(frozen=True)
class Bench:
    """What all runs of one setting share."""

    setting: Setting
    examples: Examples
    source: Path
    folder: Path  # for checkpoints
    log: Callable[[str], None]

    @property
    def files(self) -> Path:
        """Where files are kept that all settings share."""
        return self.folder.parent / "files"

    def run_folder(self, name: str, seed: int) -> Path:
        return self.folder / self.setting.key / f"{name}-{seed}"

    def loop_settings(self, name: str, seed: int, epochs: float) -> dict[str, Any]:
        setting = self.setting
        return {
            "data": (self.source,),
            "validation": (),
            "output": self.run_folder(name, seed),
            "steps": classifier_loop.steps_for(len(self.examples.train), epochs, setting.batch),
            "batch": setting.batch,
            "learning_rate": setting.learning_rate,
            "averaging": _AVERAGING,
            "bf16": True,
            "seed": seed,
            "log_seconds": 60.0,
            "save_seconds": 600.0,
        }


def trained(bench: Bench, row: Row, seed: int, sources: Sources) -> dict[str, float]:
    """Accuracy on the test pictures; for learned halves also how well they make the picture."""
    if row.front == LATENTS:
        from wlc.benchmarks.classify.latents import LatentsConfig  # takes the codec, which other rows do without

        config: Any = LatentsConfig.of(sources[0], len(bench.examples.classes), bench.setting.widths)
    else:
        transform = WaeConfig() if row.front == LEARNED else None
        config = ClassifierConfig(row.front, len(bench.examples.classes), bench.setting.widths, transform)
    epochs = bench.setting.epochs * (_FROZEN_SHARE if row.joint else 1)
    start = _with_transform(_stage_one(bench, row)) if row.front == LEARNED else lambda model: None
    settings = classifier_loop.Settings(**bench.loop_settings(row.name, seed, epochs))
    trainer = _run(settings, config, sources, start, bench.log)
    if row.joint:
        before = trainer.average.state_dict()
        steps = bench.loop_settings(row.name, seed, bench.setting.epochs * (1 - _FROZEN_SHARE))["steps"]
        joint = replace(settings, frozen=False, steps=steps, output=joint_folder(settings.output))
        if row.judged_by == TUNED:
            from wlc.benchmarks.classify.joint_latents import tuned

            return tuned(bench, joint, config, before)
        trainer = _run(joint, config, sources, lambda model: model.load_state_dict(before), bench.log)
    found = {"accuracy": trainer.accuracy(), "seconds": trainer.seconds}
    if row.front == LEARNED:
        found |= halves_of(trainer.average, sources[1])
    return found


def _run(
    settings: classifier_loop.Settings,
    config: Any,
    sources: Sources,
    start: Callable[[nn.Module], None],
    log: Callable[[str], None],
) -> classifier_loop.Trainer:
    trainer = classifier_loop.Trainer(settings, config, *sources, start=start, log=log)
    run_through(trainer)
    return trainer


def run_through(trainer: Loop) -> None:
    """To the end: a loop that is interrupted saves and returns, but what it has by then is no result."""
    trainer.run()
    if trainer.progress() < 1:
        raise KeyboardInterrupt


def joint_folder(first: Path) -> Path:
    """For the second part of a run."""
    return first.with_name(f"{first.name}-joint")


def _with_transform(wae: nn.Module) -> Callable[[nn.Module], None]:
    return lambda model: model.front.wae.load_state_dict(wae.state_dict())


def _stage_one(bench: Bench, row: Row) -> nn.Module:
    """The transform for this setting, from the pictures that the classifiers learn from; trained once for all seeds."""
    name = "transform" if row.energy_term else "transform-unweighted"
    told = bench.loop_settings(name, 0, 1) | {"steps": _STAGE_ONE_STEPS, "crop": _STAGE_ONE_CROP}
    weight = wae_loop.ENERGY_WEIGHT if row.energy_term else 0.0
    trainer = _StageOne(wae_loop.Settings(**told, energy_weight=weight), bench)
    run_through(trainer)
    return trainer.average


class _StageOne(wae_loop.Trainer):
    """On pictures that are in memory already."""

    def __init__(self, settings: wae_loop.Settings, bench: Bench) -> None:
        self.bench = bench
        super().__init__(settings, WaeConfig(), bench.log)

    def load_pictures(self, seed: int) -> str:
        from wlc.models.training import labelled, pictures

        found = [labelled.square(example.data, self.bench.setting.side) for example in self.bench.examples.train]
        self.validation: list[torch.Tensor] = []
        self.crops = pictures.Crops(found, self.settings.crop, seed, self.device)
        return self.bench.setting.data


@torch.no_grad()
def halves_of(model: nn.Module, held_out: PixelSource) -> dict[str, float]:
    """PSNR of pictures merged from halves that were rounded, and the energy in the high half: means over pictures, of
    which some from every part of the set are enough."""
    errors, shares = [], []
    every = max(1, len(held_out.labels) // _LOOKED_AT)
    for places in torch.arange(0, len(held_out.labels), every).split(20):
        outcome = evaluate(model.front.wae, *held_out.plain(places), 0.0)
        errors.append(outcome.squared_error)
        shares += [high_share(low, high) for low, high in zip(outcome.low, outcome.high, strict=True)]
    psnr = 10 * torch.log10(4 / torch.cat(errors)).mean().item()
    return {"psnr": psnr, "high_share": sum(shares) / len(shares)}
