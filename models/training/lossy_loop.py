"""The training loop of the lossy model."""

import json
import math
import subprocess
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from ..groups import BLOCK
from ..integer_layers import TrainableConv
from ..lossy import LossyConfig, LossyModel
from . import checkpoint, growth, objective, pictures, warm_start
from .workers import Workers

_WARM_UP = 200  # steps until the full learning rate
_FINAL_SHARE = 0.02  # of the learning rate, at the end of the cosine
_CLIP = 2.0
_CORE = (40, 190)  # qualities people use; most crops draw from these, the rest from all
_CORE_SHARE = 0.85
_VALIDATION_QUALITIES = (48, 80, 112, 144, 176)


@dataclass(frozen=True)
class Settings:
    """What a training run is asked to do. It ends after `steps` or `minutes`, whichever comes first."""

    data: tuple[Path, ...]
    pristine: tuple[Path, ...]  # without compression noise: drawn more often the higher the quality
    validation: tuple[Path, ...]
    output: Path
    grow_from: Path | None = None  # a smaller model's checkpoint to begin with
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


class Trainer:
    """Holds what changes while training: weights, their moving average, optimiser, steps and seconds so far."""

    def __init__(self, settings: Settings, config: LossyConfig, log: Callable[[str], None] = print) -> None:
        self.settings, self.log = settings, log
        self.workers = Workers.join(settings.device)
        self.device = self.workers.device
        torch.manual_seed(settings.seed)
        self.step, self.seconds = 0, 0.0
        found = checkpoint.load(settings.output)
        if found:
            config = LossyConfig.from_dict(json.loads(found[1]["config"]))
        self.model = LossyModel(config, TrainableConv).to(self.device, memory_format=torch.channels_last)
        self._load_pictures()
        if found:
            self._restore(*found)
        else:
            if settings.grow_from:
                growth.grow_from(settings.grow_from, self.model)
            else:
                start = torch.stack([self.pristine.draw() for _ in range(32)])
                warm_start.initialise(self.model, start)
            self.workers.share(self.model)
            self.average = deepcopy(self.model)
            self.optimiser = self._optimiser()
            torch.manual_seed(settings.seed + 1 + self.workers.rank)

    def _load_pictures(self) -> None:
        settings = self.settings
        photos, data_hash = pictures.load(list(settings.data))
        pristine, pristine_hash = pictures.load(list(settings.pristine))
        self.validation, _ = pictures.load(list(settings.validation))
        seed = settings.seed + 2 * self.workers.rank
        self.photos = pictures.Crops(photos + pristine, settings.crop, seed, self.device)
        self.pristine = pictures.Crops(pristine or photos, settings.crop, seed + 1, self.device)
        self.data_hash = f"{data_hash}+{pristine_hash}"
        self.log(f"{len(photos)} pictures, {len(pristine)} pristine, {len(self.validation)} held out")

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
        for crops, seed in ((self.photos, self.step), (self.pristine, self.step + 1)):
            crops.random.manual_seed(self.settings.seed + 1_000_003 * seed + self.workers.rank)
        torch.manual_seed(self.settings.seed + 1_000_003 * self.step + self.workers.rank)
        self.log(f"going on from step {self.step}")

    def save(self) -> None:
        tensors = {f"model.{k}": v for k, v in self.model.state_dict().items()}
        tensors |= {f"average.{k}": v for k, v in self.average.state_dict().items()}
        tensors |= checkpoint.pack_optimiser(self.optimiser)
        checkpoint.save(self.settings.output, tensors, self.recipe())

    def recipe(self) -> dict[str, str]:
        """How these weights came to be, kept beside them."""
        settings = {k: str(v) for k, v in asdict(self.settings).items() if k not in ("output", "data")}
        return {
            "config": json.dumps(self.model.config.as_dict()),
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
        return self.settings.learning_rate * share * min(1.0, (self.step + 1) / _WARM_UP)

    def _batch(self) -> tuple[torch.Tensor, torch.Tensor]:
        crops, qualities = [], []
        for _ in range(self.settings.batch):
            low, high = _CORE if torch.rand(()).item() < _CORE_SHARE else (0, 255)
            quality = low + (high - low) * torch.rand(()).item()
            wanted = 0.1 + 0.3 * max(0.0, (quality - 100) / 100)
            source = self.pristine if torch.rand(()).item() < wanted or quality > 200 else self.photos
            crops.append(source.draw())
            qualities.append(round(quality))
        return torch.stack(crops), torch.tensor(qualities, device=self.device)

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
            group["lr"] = self._learning_rate()
        rgb, quality = self._batch()
        outcome = objective.evaluate(self.model, rgb, quality, self.settings.bf16)
        self.optimiser.zero_grad(set_to_none=True)
        outcome.loss.backward()
        self.workers.average_gradients(self.model)
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), _CLIP)
        self.step += 1
        if not torch.isfinite(norm):  # one such step would undo all others
            self.log(f"step {self.step} is left out: its gradient is not finite")
            return outcome.loss.item()
        self.optimiser.step()
        keep = min(self.settings.averaging, self.step / (self.step + 10))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.parameters()), list(self.model.parameters()), 1 - keep)
        return outcome.loss.item()

    def _log_line(self, losses: list[float], speed: float) -> None:
        left = self.seconds * (1 / max(self.progress(), 1e-9) - 1) / 60
        mean = sum(losses) / len(losses)
        self.log(f"step {self.step}  loss {mean:.4f}  {speed:.1f} patches/s  {left:.0f} min left")

    @torch.no_grad()
    def validate(self) -> str:
        """Rate and PSNR of the averaged weights on held-out pictures, at a few qualities."""
        size = min((min(p.shape[1:]) for p in self.validation), default=0) // BLOCK * BLOCK
        if not size:
            return f"no held-out pictures of at least {BLOCK} pixels a side"
        crops = torch.stack([p[:, :size, :size] for p in self.validation]).float()
        parts, total = [], 0.0
        for quality in _VALIDATION_QUALITIES:
            rates, errors, losses = [], [], []
            for some in crops.split(8):
                index = torch.full((len(some),), quality, device=self.device)
                outcome = objective.evaluate(self.average, some.to(index.device), index, self.settings.bf16)
                rates.append(outcome.bits_per_pixel)
                errors.append(outcome.squared_error)
                losses.append(outcome.loss)
            psnr = 10 * torch.log10(255**2 / torch.cat(errors)).mean()
            parts.append(f"{torch.cat(rates).mean():.4f}/{psnr:.3f}")
            total += torch.stack(losses).mean().item() / len(_VALIDATION_QUALITIES)
        return f"held out at step {self.step}: loss {total:.5f}  bpp/PSNR " + "  ".join(parts)


def _commit() -> str:
    """The commit of the source that trained, where there is one."""
    asked = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short=12", "HEAD"]
    try:
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
