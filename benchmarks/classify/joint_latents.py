"""Latents and the nets that judge them, tuned together: the encoder learns to write what tells classes apart.

A file names the weights that read it, and the net of the encoder is not one of those that do. So that net alone is
tuned, and what it writes are ordinary files: every reader takes them for those of the model that it was made of, and
decodes them to a picture. What they cost, and how far off the picture is, are in the loss.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from wlc.benchmarks.classify.coding import Coded, coded, squared_error
from wlc.benchmarks.classify.latents import LatentsConfig, as_input, read_files, stacks_of
from wlc.benchmarks.classify.pixels import pixel_source
from wlc.benchmarks.classify.same_bytes import READ, our_files
from wlc.benchmarks.classify.training import run_through
from wlc.benchmarks.classify.tuned_files import mean_psnr, tuned_files
from wlc.bitstream.container import read_head
from wlc.loaded import Loaded, by_fingerprint
from wlc.models.groups import GROUPS
from wlc.models.quantiser import trade_off
from wlc.models.training import classifier_loop
from wlc.models.training.classifier_loop import REBUILT_SHARE, PixelSource
from wlc.models.wae.nets import to_samples

if TYPE_CHECKING:
    from wlc.benchmarks.classify.training import Bench


_ENCODER_SHARE = 0.1  # of the learning rate: it has learned already, and the rest has not


@dataclass(frozen=True, kw_only=True)
class Settings(classifier_loop.Settings):
    frozen: bool = False
    rate: float = 1.0  # what a bit a pixel counts for
    picture: float = 0.25  # what errors count for, as a part of what they are worth to the codec at this quality


class JointLatents(nn.Module):
    """Pictures in -1..1 to scores of classes, by way of the symbols that their files would hold."""

    def __init__(self, config: LatentsConfig, loaded: Loaded, rate_index: int) -> None:
        super().__init__()
        self.classifier = config.build()
        self.codec = deepcopy(loaded.model).requires_grad_(False)
        self.codec.encoder_net.float().requires_grad_(True)
        self.rate_index = rate_index
        self.register_buffer("table_bits", loaded.bits, persistent=False)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return self.judged(self.coded(to_samples(pictures)), pictures.shape[-1])

    def coded(self, rgb: torch.Tensor) -> Coded:
        return coded(self.codec, rgb, self.rate_index, self.table_bits)

    def judged(self, made: Coded, side: int) -> torch.Tensor:
        read = [symbols for symbols, group in zip(made.symbols, GROUPS, strict=True) if group.level < READ]
        return self.classifier(*map(as_input, stacks_of(read, self.rate_index, side, self.codec)))


class Trainer(classifier_loop.Trainer):
    settings: Settings

    def __init__(
        self,
        settings: Settings,
        config: LatentsConfig,
        loaded: Loaded,
        rate_index: int,
        learned: PixelSource,
        nets: Mapping[str, torch.Tensor],
        **more: Any,
    ) -> None:
        """`nets` have learned from latents as they are."""
        self.loaded, self.rate_index = loaded, rate_index
        nothing = PixelSource(torch.empty(0), torch.empty(0, dtype=torch.long))
        super().__init__(
            settings, config, learned, nothing, start=lambda model: model.classifier.load_state_dict(nets), **more
        )

    def build(self) -> JointLatents:
        return JointLatents(self.config, self.loaded, self.rate_index)

    def parameters(self) -> list[dict]:
        encoder = {"params": list(self.model.codec.encoder_net.parameters()), "share": _ENCODER_SHARE}
        return [{"params": list(self.model.classifier.parameters())}, encoder]

    def judged(self, inputs: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, torch.Tensor]:
        """Scores, and what a codec minimises, with errors worth less to it."""
        rgb = to_samples(*inputs)
        made = self.model.coded(rgb)
        with self.autocast():
            scores = self.model.judged(made, rgb.shape[-1])
        bits_per_pixel = made.bits.mean() / rgb[0, 0].numel()
        some = max(1, len(rgb) // REBUILT_SHARE)
        error = squared_error(self.model.codec, [x[:some] for x in made.symbols], rgb[:some], self.rate_index).mean()
        worth = self.settings.picture * float(trade_off(self.rate_index))
        return scores, self.settings.rate * (bits_per_pixel + worth * error)

    def validate(self) -> str:
        return f"step {self.step}: its files tell how good it is, once it has ended"


def tuned(
    bench: Bench, settings: classifier_loop.Settings, config: LatentsConfig, nets: Mapping[str, torch.Tensor]
) -> dict[str, float]:
    """The second part of a run, and what came of it: how well its own files are told apart, what they take, and how
    near their pictures are; the last two beside those of the files that the encoder wrote before."""
    examples, side = bench.examples, bench.setting.side
    before = our_files(bench, examples.test)
    head = read_head(before[0])
    learned = pixel_source(examples.train, side)
    loaded = by_fingerprint(head.fingerprint, "cpu")
    trainer = Trainer(Settings(**vars(settings)), config, loaded, head.rate_index, learned, nets, log=bench.log)
    run_through(trainer)
    after = tuned_files(bench, examples.test, settings.seed)
    read = read_files(after, examples.test, side)
    return {
        "accuracy": trainer.accuracy_of(trainer.average.classifier, read),
        "seconds": trainer.seconds,
        "bytes": fmean(map(len, after)),
        "bytes_before": fmean(map(len, before)),
        "decoded_psnr": mean_psnr(after, examples.test, side),
        "decoded_psnr_before": mean_psnr(before, examples.test, side),
    }
