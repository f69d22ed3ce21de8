"""A photograph there and back through the real commands, next to JPEG and WebP of the same size.

wlc bench demo [PICTURE]
"""

import importlib.util
import shlex
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import click
from PIL import Image

from wlc.benchmarks.codecs import Codec, Jpeg, WebP, Wlc
from wlc.benchmarks.metrics.psnr import psnr
from wlc.benchmarks.results import Trial
from wlc.benchmarks.same_size import nearest_size, warm_trial

QUALITY = 60


@click.command()
@click.argument("picture", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default="out", show_default=True)
def demo(picture: Path | None, out: Path) -> None:
    """Compress and decompress PICTURE, or a cup of coffee, and compare with JPEG and WebP."""
    original_file = picture or sample_photograph()
    with Image.open(original_file) as opened:
        original = opened.convert("RGB")
    out.mkdir(parents=True, exist_ok=True)
    stem = out / original_file.stem
    source, packed, back = (stem.with_suffix(suffix) for suffix in (".png", ".wlc", ".wlc.png"))
    original.save(source)
    click.echo(f"{original_file.name}: {original.width} x {original.height} pixels\n")

    run_wlc("compress", str(source), str(packed), "-q", str(QUALITY), "-f")
    run_wlc("decompress", str(packed), str(back), "-f")

    click.echo("              bytes     bpp   PSNR    encode   decode")
    click.echo(row("wlc", _through_files(original, packed, back)))
    for codec, suffix in ((WebP(), ".webp"), (Jpeg(), ".jpg")):
        click.echo(_peer_row(codec, original, packed.stat().st_size, stem.with_suffix(suffix)))
    click.echo("\nWebP (method 6) and JPEG (optimised) at the finest quality that is not larger than the .wlc file.")
    click.echo("Encode and decode: seconds in a running process; the commands above also start Python and PyTorch.")
    click.echo(f"Look for yourself: {source}, {back}, {stem}.webp, {stem}.jpg")


def sample_photograph() -> Path:
    """Coffee, CC0, out of scikit-image's installed files: its reading functions might want the network."""
    found = importlib.util.find_spec("skimage")
    path = Path(found.origin).parent / "data" / "coffee.png" if found and found.origin else None
    if path is None or not path.exists():
        raise click.ClickException(
            "The photograph comes with scikit-image, which is not installed. Name a picture instead."
        )
    return path


def run_wlc(*arguments: str) -> None:
    """As a user would, in a process of its own; a failure there ends the demo with the same exit code."""
    click.echo(f"$ {shlex.join(('wlc', *arguments))}")
    start = time.perf_counter()
    ended = subprocess.run([sys.executable, "-m", "wlc", *arguments], check=False)
    if ended.returncode:
        sys.exit(ended.returncode)
    click.echo(f"  ({time.perf_counter() - start:.1f} s for the whole command)\n")


def row(name: str, trial: Trial, remark: str = "") -> str:
    return (
        f"  {name:9} {trial.size:8,d} {trial.bpp:7.3f} {trial.psnr:6.2f} {trial.encode_seconds:7.3f} s"
        f" {trial.decode_seconds:6.3f} s{remark}"
    )


def _through_files(original: Image.Image, packed: Path, back: Path) -> Trial:
    """Size and PSNR of the files that the commands left; seconds from the library, already started."""
    timed = warm_trial(Wlc(), packed.name, original, QUALITY)
    with Image.open(back) as decoded:
        reached = psnr(original, decoded.convert("RGB"))
    return replace(timed, size=packed.stat().st_size, psnr=reached)


def _peer_row(codec: Codec, original: Image.Image, budget: int, target: Path) -> str:
    reason = codec.missing()
    if reason:
        return f"  {codec.name:9} skipped: {reason}"
    found = nearest_size(codec, original, budget)
    target.write_bytes(found.data)
    trial = warm_trial(codec, target.name, original, found.quality)
    return row(f"{codec.name} q{found.quality}", trial, "" if found.within_budget else "  (its smallest)")
