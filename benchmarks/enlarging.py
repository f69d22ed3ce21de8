"""What a feature loss changes: a small net that doubles the size of pictures, trained with and without it.

    wlc bench enlarge TRAINING TEST [--feature photo:inner:300]

All nets begin alike, see the same crops in the same order, and differ in their loss alone. The example of
docs/feature-loss.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F

import wlc
from wlc.benchmarks.metrics import ssimulacra2
from wlc.benchmarks.page.plain_text import plain_text
from wlc.benchmarks.page.tables import Table, cells, number
from wlc.models.training import pictures

_WIDTH, _BLOCKS, _BATCH, _CROP = 32, 4, 8, 64
_RATE = 1e-3
_SHOWN = 4  # pictures of a sheet
_MAGNIFIED = 3
_SQUARED_ERROR = "squared error"


@dataclass(frozen=True)
class Feature:
    """A feature loss and its weight: so many units of squared error is a distance of one worth."""

    model: str
    of: str
    weight: float

    def __str__(self) -> str:
        return f"and {self.weight:g} of {Path(self.model).stem}'s {self.of}"


@dataclass(frozen=True)
class Judged:
    """How near to the originals the pictures of one way are, on average."""

    name: str
    psnr: float
    detail: float  # energy of the finest differences between neighbours, as a share of the originals'
    ssimulacra2: float | None


class Enlarger(nn.Module):
    """Twice the size: bicubic, and what the net adds. At first that is nothing."""

    def __init__(self) -> None:
        super().__init__()
        middle = [layer for _ in range(_BLOCKS) for layer in (nn.Conv2d(_WIDTH, _WIDTH, 3, padding=1), nn.SiLU())]
        self.net = nn.Sequential(nn.Conv2d(3, _WIDTH, 3, padding=1), nn.SiLU(), *middle, nn.Conv2d(_WIDTH, 12, 1))
        nn.init.zeros_(self.net[-1].weight)
        nn.init.zeros_(self.net[-1].bias)

    def forward(self, small: torch.Tensor) -> torch.Tensor:
        return bicubic(small) + 64 * F.pixel_shuffle(self.net(small / 64 - 2), 2)


def bicubic(small: torch.Tensor) -> torch.Tensor:
    return F.interpolate(small, scale_factor=2, mode="bicubic")


def halved(large: torch.Tensor) -> torch.Tensor:
    return F.interpolate(large, scale_factor=0.5, mode="bicubic", antialias=True).round().clamp(0, 255)


def trained(crops: pictures.Crops, steps: int, feature: Feature | None = None) -> Enlarger:
    """With squared error, or squared error and a feature loss."""
    torch.manual_seed(0)
    crops.random.manual_seed(0)
    net = Enlarger()
    away = wlc.FeatureLoss(feature.model, feature.of) if feature else None
    optimiser = torch.optim.AdamW(net.parameters(), _RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, total_steps=steps)
    for _ in range(steps):
        large = torch.stack([crops.draw() for _ in range(_BATCH)])
        enlarged = net(halved(large))
        loss = F.mse_loss(enlarged, large)
        if away:
            loss = loss + feature.weight * away(enlarged, large)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return net.eval()


def judged(name: str, originals: Sequence[torch.Tensor], enlarged: Sequence[torch.Tensor]) -> Judged:
    """(3, H, W) pictures in 0..255."""
    psnrs, seen = [], []
    energies = torch.zeros(2)
    for original, other in zip(originals, enlarged, strict=True):
        psnrs.append(10 * torch.log10(255**2 / (original - other).square().mean()).item())
        energies += torch.stack([_detail(other), _detail(original)])
        if ssimulacra2.missing() is None:
            seen.append(ssimulacra2.ssimulacra2(_image(original), _image(other)))
    mean = sum(seen) / len(seen) if seen else None
    return Judged(name, sum(psnrs) / len(psnrs), (energies[0] / energies[1]).item(), mean)


def _detail(picture: torch.Tensor) -> torch.Tensor:
    """What is left of 2x2 places without their mean."""
    return (picture - F.interpolate(F.avg_pool2d(picture[None], 2), scale_factor=2)[0]).square().mean()


def _image(picture: torch.Tensor) -> Image.Image:
    return Image.fromarray(picture.movedim(0, -1).round().clamp(0, 255).byte().numpy())


def sheet(rows: Sequence[Sequence[torch.Tensor]], side: int = 80) -> Image.Image:
    """A row for each picture, a column for each way, magnified parts from the middle."""
    lines = []
    for row in rows:
        y, x = ((extent - side) // 2 for extent in row[0].shape[1:])
        lines.append(torch.cat([picture[:, y : y + side, x : x + side] for picture in row], dim=2))
    whole = _image(torch.cat(lines, dim=1))
    return whole.resize((whole.width * _MAGNIFIED, whole.height * _MAGNIFIED), Image.Resampling.NEAREST)


def _evened(loaded: Sequence[torch.Tensor]) -> Iterator[torch.Tensor]:
    for picture in loaded:
        yield picture[:, : picture.shape[1] // 2 * 2, : picture.shape[2] // 2 * 2].float()


class _Feature(click.ParamType):
    name = "feature"

    def convert(self, value, param, ctx) -> Feature:
        try:
            model, of, weight = value.rsplit(":", 2)
            return Feature(model, of, float(weight))
        except ValueError:
            self.fail(f"{value!r} is not MODEL:PART:WEIGHT, such as photo:inner:300.", param, ctx)


@click.command(short_help="What a feature loss changes: a small net that doubles the size of pictures.")
@click.argument("training", type=click.Path(exists=True, path_type=Path))
@click.argument("test", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--feature",
    "features",
    type=_Feature(),
    multiple=True,
    default=["photo:inner:300"],
    show_default=True,
    metavar="MODEL:PART:WEIGHT",
    help="Feature losses to train with, each beside squared error.",
)
@click.option("--steps", type=click.IntRange(min=1), default=600, show_default=True, help="Of each training.")
@click.option("--every", type=click.IntRange(min=1), default=10, show_default=True, help="Test every so many pictures.")
@click.option(
    "--sheet",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="PNG",
    help="Also show some: original, bicubic, squared error, and each feature loss.",
)
def enlarge(training: Path, test: Path, features, steps: int, every: int, target: Path | None) -> None:
    """Train on the pictures of TRAINING, then enlarge halved pictures of TEST and compare them with their originals."""
    crops = pictures.Crops(pictures.load([training])[0], _CROP, seed=0)
    originals = list(_evened(pictures.load([test])[0][::every]))
    columns: dict[str, list[torch.Tensor]] = {"bicubic": [bicubic(halved(x[None]))[0] for x in originals]}
    for feature in (None, *features):
        net = trained(crops, steps, feature)
        with torch.no_grad():
            columns[str(feature or _SQUARED_ERROR)] = [net(halved(x[None]))[0].clamp(0, 255) for x in originals]
    results = [judged(name, originals, enlarged) for name, enlarged in columns.items()]
    click.echo(f"{len(originals)} pictures of {test.name}, {steps} steps each\n")
    click.echo(plain_text(_table(results)))
    if target:
        step = max(1, len(originals) // _SHOWN)
        sheet(list(zip(originals, *columns.values(), strict=True))[::step][:_SHOWN]).save(target)


def _table(results: Sequence[Judged]) -> Table:
    return Table(
        name="enlarged",
        title="Enlarged",
        columns=("trained with", "PSNR, dB", "finest detail", "SSIMULACRA 2"),
        rows=tuple(
            cells((one.name, number(one.psnr, 2), f"{one.detail:.0%}", number(one.ssimulacra2, 1))) for one in results
        ),
    )
