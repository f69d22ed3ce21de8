"""Runs to write about: one with numbers that can be computed in the head, one with real files of Pillow's codecs."""

import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from wlc.benchmarks.codecs.jpeg import Jpeg
from wlc.benchmarks.codecs.webp import WebP
from wlc.benchmarks.metrics.psnr import psnr
from wlc.benchmarks.page import write_markdown, write_page
from wlc.benchmarks.page.crops import Crop, Shown
from wlc.benchmarks.results import Costs, Curve, LearnedSpeed, LosslessRow, LosslessTrial, Results, Trial

PIXELS = 1_000_000
PSNRS = (28.0, 31.0, 34.0, 37.0)
RATES = (0.25, 0.5, 1.0, 2.0)  # bits per pixel of a codec of factor 1


def made_curve(
    name: str,
    label: str,
    factor: float = 1.0,
    pictures: Sequence[str] = ("a.png", "b.png"),
    metrics: bool = True,
    psnrs: Sequence[float] = PSNRS,
) -> Curve:
    """On every picture the same qualities, at `factor` times the usual rates. It decodes 4 megapixels a second."""
    curve = Curve(name, label, f"setting of {name}", f"{name} 1.0", "digest", "machine", costs=Costs(3 * 2**20, 2**20))
    for picture in pictures:
        for quality, (rate, reached) in enumerate(zip(RATES, psnrs, strict=True)):
            judged = (1 - 10 ** (-(reached - 20) / 10), 2 * reached) if metrics and math.isfinite(reached) else ()
            size = round(factor * rate * PIXELS / 8)
            curve.trials.append(Trial(picture, quality, PIXELS, size, reached, 0.5, 0.25, *judged))
    return curve


@pytest.fixture
def curve() -> Callable[..., Curve]:
    return made_curve


def made_run(*curves: Curve, **more: object) -> Results:
    """Results of the curves that are handed over."""
    names = tuple(dict.fromkeys(trial.picture for curve in curves for trial in curve.trials))
    facts = {"processor": "A processor", "cores": "2", "python": "3.11"}
    return Results("some", names, "2025-01-31", facts, {curve.codec: curve for curve in curves}, **more)


@pytest.fixture
def run() -> Callable[..., Results]:
    return made_run


def usual_run() -> Results:
    """wlc needs half the bits of JPEG, and twice those of a published codec; everything else is there, too."""
    pictures = ("a.png", "b.png")
    rows = {
        name: LosslessRow(name, label, "", "1", "digest", "machine", [_lossless(p, size) for p in pictures])
        for name, label, size in (("png", "PNG", 1_500_000), ("wlc", "wlc lossless", 750_000))
    }
    return made_run(
        made_curve("wlc", "wlc", 1.0),
        made_curve("jpeg", "JPEG 4:2:0", 2.0),
        made_curve("avif", "AVIF", 0.8),
        lossless=rows,
        learned=[LearnedSpeed("hyperprior", "library 1.2", 0.4, 0.3, 70.0, 75.0, 5_075_843)],
        skipped={"jxl": "its plugin is not installed"},
        published={"vtm": [(rate / 2, reached) for rate, reached in zip(RATES, PSNRS, strict=True)]},
    )


@pytest.fixture
def usual() -> Results:
    return usual_run()


def _lossless(picture: str, size: int) -> LosslessTrial:
    return LosslessTrial(picture, 3 * PIXELS, PIXELS, size, 1.0, 0.5)


@pytest.fixture
def real(drawn: Image.Image, run: Callable[..., Results]) -> Results:
    """JPEG and WebP on two small pictures, really written and read."""
    turned = drawn.transpose(Image.Transpose.ROTATE_90)
    curves = []
    for codec in (Jpeg(), WebP()):
        curve = Curve(codec.name, codec.label, codec.setting, codec.version(), "digest", "machine")
        for name, picture in (("drawn.png", drawn), ("turned.png", turned)):
            curve.trials += [_there_and_back(codec, name, picture, quality) for quality in (5, 20, 50, 80)]
        curves.append(curve)
    return run(*curves)


def _there_and_back(codec, name: str, picture: Image.Image, quality: int) -> Trial:
    start = time.perf_counter()
    data = codec.encode(picture, quality)
    middle = time.perf_counter()
    decoded = codec.decode(data)
    seconds = (middle - start, time.perf_counter() - middle)
    return Trial(name, quality, picture.width * picture.height, len(data), psnr(picture, decoded), *seconds)


def made_crops() -> list[Crop]:
    """Two of one picture at each of two rates, as three codecs show them."""
    noise = np.random.default_rng(3).integers(0, 256, (24, 32, 3), dtype=np.uint8)
    picture = Image.fromarray(noise)
    shown = tuple(
        Shown(name, label, picture, 0.2468, reached, name != "webp")
        for name, label, reached in (("wlc", "wlc", 31.25), ("avif", "AVIF", math.inf), ("webp", "WebP", 29.5))
    )
    return [Crop("a.png", kind, rate, picture, shown) for rate in (0.25, 0.5) for kind in ("detail", "smooth")]


@pytest.fixture
def crops() -> list[Crop]:
    return made_crops()


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The usual run as a page and as markdown; once, as figures take their time."""
    pytest.importorskip("matplotlib")
    folder = tmp_path_factory.mktemp("written")
    write_page(usual_run(), made_crops(), folder / "page")
    write_markdown(usual_run(), made_crops(), folder / "docs" / "results.md", "wlc bench DIR")
    return folder
