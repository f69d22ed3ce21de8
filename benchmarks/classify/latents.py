"""What a net sees of a .wlc file without its picture being made: coarse values in full width, finer ones in a quarter.

The symbols are brought to grey levels, and the small pyramid above the 1/8 grid is put together, 1/64 of all values:
what lies on four grids is hard to see for a net that looks at one. Nothing else of the decoder runs, neither its net
nor its wavelet.

Pictures themselves are needed only to learn from: each is laid down in all eight ways, and each way coded anew, since
the symbols of a mirrored picture are not mirrored symbols.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from safetensors.torch import load_file, save
from torch import nn

from wlc.benchmarks.classify.same_bytes import READ, our_files
from wlc.benchmarks.files import write_whole
from wlc.bitstream.container import read_head
from wlc.decode import decode_alike
from wlc.loaded import Loaded, by_fingerprint, by_name
from wlc.models import windows
from wlc.models.groups import GROUPS
from wlc.models.lossy import LossyModel, dequantised
from wlc.models.quantiser import step
from wlc.models.symbols import choose_symbols
from wlc.models.training.classifier_loop import turned
from wlc.models.training.labelled import Example, square
from wlc.models.wae.backbone import BackboneConfig
from wlc.models.wae.classifier import TwoNets
from wlc.models.wae.fronts import NARROWER

if TYPE_CHECKING:
    from wlc.benchmarks.classify.training import Bench

_COARSE = 2  # levels for the wide net
_PIXELS = 8  # that a place of the 1/8 grid stands for, along each side
_BATCH = 25
_BRIGHTEST = 8 * 128.0  # on the 1/8 grid a grey level counts for eight
_SMALL = 8.0  # details up to about here differ in proportion
VIEWS = 8


class LatentSource:
    """Two stacks of values for every picture, in one view or in all: (N, views, C, h, w) in half precision."""

    def __init__(self, coarse: torch.Tensor, fine: torch.Tensor, labels: torch.Tensor) -> None:
        self.coarse, self.fine, self.labels = coarse, fine, labels

    def draw(self, places: torch.Tensor, random: torch.Generator) -> tuple[torch.Tensor, ...]:
        return self._views(places, torch.randint(self.coarse.shape[1], (len(places),), generator=random))

    def plain(self, places: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return self._views(places, torch.zeros(len(places), dtype=torch.long))

    def _views(self, places: torch.Tensor, views: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return tuple(as_input(stack[places, views]) for stack in (self.coarse, self.fine))


@dataclass(frozen=True)
class LatentsConfig:
    """The sizes of the two nets. Their first layer makes the coarse grid twice as fine, where a net for pixels of half
    the size makes a fine one coarser: from there on they are alike."""

    coarse: int
    fine: int
    widths: tuple[int, ...]
    classes: int

    @staticmethod
    def of(source: LatentSource, classes: int, widths: tuple[int, ...]) -> LatentsConfig:
        return LatentsConfig(source.coarse.shape[2], source.fine.shape[2], tuple(widths), classes)

    def as_dict(self) -> dict:
        return {"coarse": self.coarse, "fine": self.fine, "widths": list(self.widths), "classes": self.classes}

    @staticmethod
    def from_dict(values: dict) -> LatentsConfig:
        return LatentsConfig(**{**values, "widths": tuple(values["widths"])})

    def build(self) -> LatentsClassifier:
        return LatentsClassifier(self)


class LatentsClassifier(nn.Module):
    """Values of a coarse and of a fine stack, (B, C, h, w) each, to scores of classes."""

    def __init__(self, config: LatentsConfig) -> None:
        super().__init__()
        wide = BackboneConfig(config.coarse, config.widths, doubling=True)
        self.nets = TwoNets(wide, wide.narrower(config.fine, NARROWER), config.classes)
        self.front = nn.Identity()

    def forward(self, coarse: torch.Tensor, fine: torch.Tensor) -> torch.Tensor:
        return self.nets(coarse, fine)


def as_input(values: torch.Tensor) -> torch.Tensor:
    return values.float().contiguous(memory_format=torch.channels_last)


def stacks_of(
    groups: Sequence[torch.Tensor], rate_index: int, side: int, codec: LossyModel
) -> tuple[torch.Tensor, torch.Tensor]:
    """Symbols of a batch to a coarse and a fine stack on the 1/8 grid, without what was padded to whole blocks.

    Large details are few, and twice as large is not twice as telling.
    """
    extent = -(-side // _PIXELS)
    gains = codec.gains(torch.full((1,), rate_index))
    low, *details = (
        x[:, :, :extent, :extent] * float(step(rate_index)) for x in dequantised([x.float() for x in groups], gains)
    )
    squeezed = [torch.asinh(x / _SMALL) for x in details]
    levels = [group.level for group in GROUPS if group.shift == 0]
    coarse = [x for x, level in zip(squeezed, levels, strict=False) if level < _COARSE]
    fine = [x for x, level in zip(squeezed, levels, strict=False) if level >= _COARSE]
    return torch.cat([low / _BRIGHTEST, *coarse], dim=1).half(), torch.cat(fine, dim=1).half()


def latent_sources(bench: Bench) -> tuple[LatentSource, LatentSource]:
    side, examples, loaded = bench.setting.side, bench.examples, by_name(bench.setting.model, "cpu")
    rate_index = read_head(our_files(bench, examples.train[:1])[0]).rate_index
    digest = hashlib.sha256(f"{examples.digest()} {side} {rate_index} {loaded.fingerprint}".encode())
    kept = bench.files / f"views-{digest.hexdigest()[:20]}.safetensors"
    if not kept.exists():
        bench.log(f"coding {len(examples.train)} pictures in {VIEWS} views")
        made = coded_views(examples.train, side, rate_index, loaded)
        stacks = {"coarse": made.coarse.contiguous(), "fine": made.fine.contiguous()}
        write_whole(kept, save(stacks | {"labels": made.labels}))
    return LatentSource(**load_file(kept)), read_files(our_files(bench, examples.test), examples.test, side)


def read_files(files: Sequence[bytes], examples: Sequence[Example], side: int) -> LatentSource:
    """From real files, as they lie on a disk."""
    made = [read_batch(files[start : start + _BATCH], side) for start in range(0, len(files), _BATCH)]
    coarse, fine = (torch.cat(stacks)[:, None] for stacks in zip(*made, strict=True))
    return LatentSource(coarse, fine, torch.tensor([example.label for example in examples]))


def read_batch(files: Sequence[bytes], side: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Stacks of files that are alike."""
    head = read_head(files[0])
    groups = decode_alike(files, levels=READ, device="cpu")
    return stacks_of(groups, head.rate_index, side, by_fingerprint(head.fingerprint, "cpu").model)


def coded_views(examples: Sequence[Example], side: int, rate_index: int, loaded: Loaded) -> LatentSource:
    """The symbols that files would hold, without writing thousands of them."""
    stacks = []
    for example in examples:
        picture = square(example.data, side)
        views = [turned(picture, view).permute(1, 2, 0).contiguous().numpy() for view in range(VIEWS)]
        stacks.append(stacks_of(symbols_of(views, rate_index, loaded), rate_index, side, loaded.model))
    coarse, fine = (torch.stack(parts) for parts in zip(*stacks, strict=True))
    return LatentSource(coarse, fine, torch.tensor([example.label for example in examples]))


@torch.no_grad()
def symbols_of(pictures: Sequence[np.ndarray], rate_index: int, loaded: Loaded) -> list[torch.Tensor]:
    """Of pictures of one size, (H, W, 3) uint8: the groups of the levels that are read."""
    values = [windows.values_of(loaded.model, picture, rate_index, loaded.device) for picture in pictures]
    batch = [torch.cat(group) for group in zip(*values, strict=True)]
    wanted = sum(group.level < READ for group in GROUPS)
    return [chosen.symbols for chosen in choose_symbols(loaded.model, batch, rate_index, loaded.bits)[:wanted]]
