"""Training of anything that tells classes apart: what it sees comes from a source, the rest is the common loop."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import nn

from ..wae.backbone import BackboneConfig
from ..wae.fronts import Classifier
from ..wae.nets import WaeConfig, to_unit
from ..wae.objective import evaluate
from ..weights import WAE
from .loop import Config, Loop, LoopSettings

_SMOOTHING = 0.05  # of labels
_DECAY = 0.02
_WARM_UP_SHARE = 0.1  # of all steps
REBUILT_SHARE = 8  # in joint training, one picture of so many is also rebuilt from its halves


class Source(Protocol):
    """Labelled examples, ready to be seen."""

    labels: torch.Tensor

    def draw(self, places: torch.Tensor, random: torch.Generator) -> tuple[torch.Tensor, ...]:
        """What a net takes for these examples, each turned or mirrored at random."""

    def plain(self, places: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """The same without chance."""


class PixelSource:
    """Pictures, (N, 3, S, S) uint8."""

    def __init__(self, pictures: torch.Tensor, labels: torch.Tensor) -> None:
        self.pictures, self.labels = pictures, labels

    def draw(self, places: torch.Tensor, random: torch.Generator) -> tuple[torch.Tensor, ...]:
        views = torch.randint(8, (len(places),), generator=random).tolist()
        drawn = [turned(self.pictures[place], view) for place, view in zip(places.tolist(), views, strict=True)]
        return (to_unit(torch.stack(drawn)).contiguous(memory_format=torch.channels_last),)

    def plain(self, places: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return (to_unit(self.pictures[places]).contiguous(memory_format=torch.channels_last),)


def turned(picture: torch.Tensor, view: int) -> torch.Tensor:
    """One of the eight ways to lay down a square, 0 to 7."""
    picture = picture.transpose(-1, -2) if view & 4 else picture
    axes = [axis for axis, bit in ((-1, 1), (-2, 2)) if view & bit]
    return picture.flip(axes) if axes else picture


@dataclass(frozen=True)
class ClassifierConfig:
    """Which front, and the sizes of all nets; stored beside the weights."""

    front: str
    classes: int
    widths: tuple[int, ...] = BackboneConfig.widths
    transform: WaeConfig | None = None

    def as_dict(self) -> dict:
        made = {"front": self.front, "classes": self.classes, "widths": list(self.widths)}
        return made | ({"transform": self.transform.as_dict()} if self.transform else {})

    @staticmethod
    def from_dict(values: dict) -> "ClassifierConfig":
        transform = values.get("transform")
        return ClassifierConfig(
            values["front"],
            values["classes"],
            tuple(values["widths"]),
            WaeConfig.from_dict(transform) if transform else None,
        )

    def build(self) -> Classifier:
        return Classifier(self.front, BackboneConfig(3, self.widths), self.classes, self.transform)


@dataclass(frozen=True, kw_only=True)
class Settings(LoopSettings):
    frozen: bool = True  # leave the learned transform as it is
    rebuilding: float = 20.0  # worth of what the transform was trained for, when it is trained on
    energy_weight: float = 0.1


class Trainer(Loop):
    kind = WAE
    settings: Settings

    def __init__(
        self,
        settings: Settings,
        config: Config,
        learned: Source,
        held_out: Source,
        start: Callable[[nn.Module], None] = lambda model: None,
        log: Callable[[str], None] = print,
    ) -> None:
        """`start` gives a new model what was learned before."""
        self.learned, self.held_out, self.start = learned, held_out, start
        self.warm_up = max(1, round(_WARM_UP_SHARE * settings.steps))
        self.kind_of_config = type(config)
        self.order: Iterator[torch.Tensor] = iter(())
        super().__init__(settings, config, log)

    def config_from(self, values: dict) -> Config:
        return self.kind_of_config.from_dict(values)

    def build(self) -> nn.Module:
        return self._freeze(self.config.build())

    def _freeze(self, model: nn.Module) -> nn.Module:
        if self.settings.frozen and hasattr(model.front, "wae"):
            model.front.wae.requires_grad_(False)
        return model

    def begin(self) -> None:
        self.start(self.model)

    def load_pictures(self, seed: int) -> str:
        self.random = torch.Generator().manual_seed(seed)
        return f"{len(self.learned.labels)} examples"

    def reseed(self, seed: int) -> None:
        self.random.manual_seed(seed)

    def _optimiser(self) -> torch.optim.Optimizer:
        return torch.optim.AdamW(self.parameters(), lr=self.settings.learning_rate, weight_decay=_DECAY)

    def parameters(self) -> list[dict]:
        """What learns, in groups; one may have only a `share` of the learning rate."""
        return [{"params": [p for p in self.model.parameters() if p.requires_grad]}]

    def loss(self) -> torch.Tensor:
        places = self._next()
        inputs = tuple(x.to(self.device) for x in self.learned.draw(places, self.random))
        labels = self.learned.labels[places].to(self.device)
        scores, beside = self.judged(inputs)
        return nn.functional.cross_entropy(scores.float(), labels, label_smoothing=_SMOOTHING) + beside

    def judged(self, inputs: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, torch.Tensor | float]:
        """Scores of classes, and the loss of what else is learned: in joint training, that halves still make the
        picture."""
        with self.autocast():
            scores = self.model(*inputs)
        if self.settings.frozen or not hasattr(self.model.front, "wae"):
            return scores, 0.0
        some = inputs[0][: max(1, len(inputs[0]) // REBUILT_SHARE)]
        outcome = evaluate(self.model.front.wae, some, self.settings.energy_weight, self.settings.bf16)
        return scores, self.settings.rebuilding * outcome.loss

    def autocast(self) -> torch.autocast:
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.settings.bf16)

    def _next(self) -> torch.Tensor:
        """Each example once, in an order of its own, before any comes again."""
        places = next(self.order, None)
        if places is None:
            count, batch = len(self.learned.labels), self.settings.batch
            shuffled = torch.randperm(count, generator=self.random)
            whole = shuffled[: max(count // batch, 1) * batch]  # a last batch of a few would upset the norms
            self.order = iter(whole.split(batch))
            places = next(self.order)
        return places

    def _one_step(self) -> float:
        loss = super()._one_step()
        with torch.no_grad():  # the average has no statistics of its own
            for mine, theirs in zip(self.average.buffers(), self.model.buffers(), strict=True):
                mine.copy_(theirs)
        return loss

    def accuracy(self) -> float:
        """Of the averaged weights, on what is held out."""
        return self.accuracy_of(self.average, self.held_out)

    @torch.no_grad()
    def accuracy_of(self, model: nn.Module, held_out: Source) -> float:
        model.eval()
        right = 0
        for places in torch.arange(len(held_out.labels)).split(50):
            inputs = (x.to(self.device) for x in held_out.plain(places))
            with self.autocast():
                found = model(*inputs).argmax(dim=1).cpu()
            right += (found == held_out.labels[places]).sum().item()
        model.train()
        return right / len(held_out.labels)

    def validate(self) -> str:
        if not len(self.held_out.labels):
            return f"step {self.step}: nothing is held out"
        return f"held out at step {self.step}: {100 * self.accuracy():.2f} % right"


def steps_for(examples: int, epochs: float, batch: int) -> int:
    return max(1, round(epochs * max(examples // batch, 1)))
