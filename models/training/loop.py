"""The training loop that all models share: steps, their moving average, checkpoints, a line now and then."""

import json
import math
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from copy import deepcopy
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import torch
from torch import nn

from . import checkpoint
from .workers import Workers

_FINAL_SHARE = 0.02  # of the learning rate, at the end of the cosine
_CLIP = 2.0
_PLACES = ("data", "pristine", "validation", "output")  # settings that mean something on one machine only


class Config(Protocol):
    """The sizes of a model's nets."""

    def as_dict(self) -> dict: ...


@dataclass(frozen=True)
class LoopSettings:
    """What a training run is asked to do. It ends after `steps` or `minutes`, whichever comes first."""

    data: tuple[Path, ...]
    validation: tuple[Path, ...]
    output: Path
    steps: int = 20_000
    minutes: float = math.inf
    batch: int = 6
    crop: int = 256
    learning_rate: float = 1e-3
    averaging: float = 0.998  # of the exponential moving average of the weights
    device: str = "cpu"
    bf16: bool = False
    seed: int = 0
    log_seconds: float = 10.0
    save_seconds: float = 180.0


class Loop(ABC):
    """Holds what changes while training: weights, their moving average, optimiser, steps and seconds so far.

    A model says how it is built, begun, measured and validated; the rest is here.
    """

    model: nn.Module
    kind: str
    warm_up = 200  # steps until the full learning rate

    def __init__(self, settings: LoopSettings, config: Config, log: Callable[[str], None] = print) -> None:
        self.settings, self.log = settings, log
        self.workers = Workers.join(settings.device)
        self.device = self.workers.device
        torch.manual_seed(settings.seed)
        self.step, self.seconds = 0, 0.0
        found = checkpoint.load(settings.output)
        self.config = self.config_from(json.loads(found[1]["config"])) if found else config
        self.model = self.build().to(self.device, memory_format=torch.channels_last)
        self.data_hash = self.load_pictures(settings.seed + 2 * self.workers.rank)
        if found:
            self._restore(*found)
        else:
            self.begin()
            self.workers.share(self.model)
            self.average = deepcopy(self.model)
            self.optimiser = self._optimiser()
            torch.manual_seed(settings.seed + 1 + self.workers.rank)

    @abstractmethod
    def config_from(self, values: dict) -> Config:
        """The sizes in a checkpoint's notes."""

    @abstractmethod
    def build(self) -> nn.Module:
        """A trainable model of the sizes in `self.config`."""

    @abstractmethod
    def load_pictures(self, seed: int) -> str:
        """Make ready what crops are drawn from; returns a hash of it."""

    @abstractmethod
    def reseed(self, seed: int) -> None:
        """Go on with other crops than those that were drawn before."""

    def begin(self) -> None:  # noqa: B027 - what a new model has already may be good enough
        """A new model's first weights."""

    @abstractmethod
    def loss(self) -> torch.Tensor:
        """Of the next batch."""

    @abstractmethod
    def validate(self) -> str:
        """How the averaged weights do on held-out pictures, in one line."""

    def _optimiser(self) -> torch.optim.Optimizer:
        return torch.optim.AdamW(
            self.model.parameters(), lr=self.settings.learning_rate, betas=(0.9, 0.95), weight_decay=1e-4
        )

    def _restore(self, tensors: dict[str, torch.Tensor], notes: dict[str, str]) -> None:
        self.average = deepcopy(self.model)
        for prefix, module in (("model.", self.model), ("average.", self.average)):
            part = {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
            if part:
                module.load_state_dict(part)
        if not any(k.startswith("model.") for k in tensors):
            self.model.load_state_dict(self.average.state_dict())
        self.optimiser = self._optimiser()
        checkpoint.unpack_optimiser(self.optimiser, tensors)
        self.step, self.seconds = int(notes["step"]), float(notes["seconds"])
        self.reseed(self.settings.seed + 1_000_003 * self.step + self.workers.rank)
        torch.manual_seed(self.settings.seed + 1_000_003 * self.step + self.workers.rank)
        self.log(f"going on from step {self.step}")

    def save(self) -> None:
        tensors = {f"model.{k}": v for k, v in self.model.state_dict().items()}
        tensors |= {f"average.{k}": v for k, v in self.average.state_dict().items()}
        tensors |= checkpoint.pack_optimiser(self.optimiser)
        checkpoint.save(self.settings.output, tensors, self.recipe())

    def recipe(self) -> dict[str, str]:
        """How these weights came to be, kept beside them."""
        settings = {k: str(v) for k, v in asdict(self.settings).items() if k not in _PLACES}
        return {
            "kind": self.kind,
            "config": json.dumps(self.config.as_dict()),
            "step": str(self.step),
            "seconds": f"{self.seconds:.0f}",
            "data": self.data_hash,
            "settings": json.dumps({k: v for k, v in settings.items() if "/" not in v}),
            "device": str(self.device),
            "workers": str(self.workers.count),
            "commit": _commit(),
            "torch": torch.__version__,
        }

    @property
    def leads(self) -> bool:
        """Whether this is the process that speaks and saves."""
        return self.workers.rank == 0

    def progress(self) -> float:
        return max(self.step / self.settings.steps, self.seconds / 60 / self.settings.minutes)

    def _learning_rate(self) -> float:
        falling = 0.5 + 0.5 * math.cos(math.pi * min(self.progress(), 1.0))
        share = _FINAL_SHARE + (1 - _FINAL_SHARE) * falling
        return self.settings.learning_rate * share * min(1.0, (self.step + 1) / self.warm_up)

    def run(self) -> None:
        """Train until the settings say stop; saves now and then, at the end, and when interrupted."""
        settings = self.settings
        last_log = last_save = time.monotonic()
        done, losses = 0, []
        try:
            while self.progress() < 1:
                begin = time.monotonic()
                loss = self._one_step()
                now = time.monotonic()
                self.seconds = self.workers.agree(self.seconds + now - begin)
                losses.append(loss)
                done += settings.batch * self.workers.count
                if self.leads and now - last_log > settings.log_seconds:
                    self._log_line(losses, done / (now - last_log))
                    last_log, done, losses = now, 0, []
                if self.leads and now - last_save > settings.save_seconds:
                    self.log(self.validate())
                    self.save()
                    last_save = time.monotonic()
        except KeyboardInterrupt:
            self.log("interrupted; saving")
        if self.leads:
            self.save()
            self.log(self.validate())

    def _one_step(self) -> float:
        for group in self.optimiser.param_groups:
            group["lr"] = self._learning_rate() * group.get("share", 1.0)
        loss = self.loss()
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.workers.average_gradients(self.model)
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), _CLIP)
        self.step += 1
        if not torch.isfinite(norm):  # one such step would undo all others
            self.log(f"step {self.step} is left out: its gradient is not finite")
            return loss.item()
        self.optimiser.step()
        keep = min(self.settings.averaging, self.step / (self.step + 10))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.parameters()), list(self.model.parameters()), 1 - keep)
        return loss.item()

    def _log_line(self, losses: list[float], speed: float) -> None:
        left = self.seconds * (1 / max(self.progress(), 1e-9) - 1) / 60
        mean = sum(losses) / len(losses)
        self.log(f"step {self.step}  loss {mean:.4f}  {speed:.1f} patches/s  {left:.0f} min left")


def _commit() -> str:
    """The commit of the source that trained, where there is one."""
    asked = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short=12", "HEAD"]
    try:
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
