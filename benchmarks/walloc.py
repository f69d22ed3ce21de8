"""WaLLoC's codecs as wlc keeps them: real files of the models of one quality, next to what was published of WaLLoC.

wlc bench walloc DIR [MODEL...]
"""

import io
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import numpy as np
import torch
from PIL import Image

import wlc
from wlc.benchmarks.bd_rate import bd_rate
from wlc.benchmarks.files import write_whole
from wlc.benchmarks.machine import machine, processor
from wlc.benchmarks.metrics.psnr import psnr
from wlc.benchmarks.page.plain_text import plain_text
from wlc.benchmarks.page.tables import Table, cells, number
from wlc.benchmarks.pictures import Pictures, pictures_of
from wlc.computing import computing
from wlc.loaded import Loaded, autoencoder_by_name
from wlc.models import weights
from wlc.models.walloc import Codec2D, latent_to_pil

PUBLISHED = ((0.617, 30.56), (2.544, 37.34))  # bits a pixel and PSNR of WaLLoC's two models for pictures, on Kodak
_PUBLISHED_WIDTH = 768


@dataclass(frozen=True)
class Measured:
    """One way of keeping pictures, means over them; rates count whole files."""

    name: str
    bpp: float
    psnr: float
    encode_seconds: float
    decode_seconds: float


@click.command(short_help="WaLLoC's codecs in .wlc files, next to what was published of them.")
@click.argument("folder", envvar="WLC_KODAK", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("models", nargs=-1, metavar="[MODEL...]")
@click.option("--first", type=click.IntRange(min=1), help="Only so many pictures.")
@click.option("--threads", type=click.IntRange(min=1), help="That torch may use. [default: all]")
@click.option("--no-large-decoder", is_flag=True, help="Do not time a decoder of the published size; it takes seconds.")
@click.option(
    "--json", "record", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Also write it as FILE."
)
def walloc(
    folder: Path,
    models: tuple[str, ...],
    first: int | None,
    threads: int | None,
    no_large_decoder: bool,
    record: Path | None,
) -> None:
    """Rate, PSNR and speed over the pictures in FOLDER of MODELS, or of all WaLLoC models that are installed."""
    pictures = pictures_of(folder, first)
    names = models or installed()
    if not names:
        raise click.ClickException("no WaLLoC model is installed.")
    with computing(torch.device("cpu"), threads):
        rows = [row for name in names for row in measured(name, pictures)]
        decoders = [] if no_large_decoder else decoder_seconds(names, pictures)
    click.echo(f"{len(pictures)} pictures, {processor()}\n")
    click.echo(plain_text(_table(rows)))
    against = against_published(rows) if pictures.are_kodak() else None
    if against is not None:
        click.echo(f"\nBD-rate against WaLLoC's two published points: {against:+.1f} %")
    for name, seconds in decoders:
        ratio = decoders[-1][1] / seconds
        click.echo(f"{name}: {1000 * seconds:.0f} ms from codes to pixels, {ratio:.1f} times as fast as the last")
    if record:
        facts = {"machine": machine(), "bd_rate": against, "decoders": decoders}
        write_whole(record, json.dumps(facts | {"rows": [asdict(row) for row in rows]}, indent=1) + "\n")


def installed() -> list[str]:
    """Names of WaLLoC's models, those of fewer latents first."""
    named = {name: weights.noted(weights.find_by_name(name)) for name in weights.installed().values()}
    found = [(held.config["latent_dim"], name) for name, held in named.items() if held.kind == weights.WALLOC]
    return [name for _, name in sorted(found)]


def measured(model: str, pictures: Pictures) -> list[Measured]:
    """With both coders, and as the `walloc` package keeps latents: as a lossless WebP picture alone."""
    rows = [_there_and_back(model, coder, pictures) for coder in ("range", "webp")]
    sizes = [
        8 * len(_as_walloc_does(autoencoder_by_name(model), picture)) / _pixels(picture) for _, picture in pictures
    ]
    return [*rows, Measured(f"{model}, latents as WaLLoC keeps them", float(np.mean(sizes)), rows[0].psnr, 0, 0)]


def _there_and_back(model: str, coder: str, pictures: Pictures) -> Measured:
    found, warm = [], False
    for _, picture in pictures:
        for _ in range(1 if warm else 2):  # loading weights is not a picture's time
            start = time.perf_counter()
            data = wlc.compress(picture, model=model, coder=coder, metadata="none", device="cpu")
            encoded = time.perf_counter()
            back = wlc.decompress(data, device="cpu")
            end = time.perf_counter()
        warm = True
        found.append((8 * len(data) / _pixels(picture), psnr(picture, back), encoded - start, end - encoded))
    return Measured(f"{model}, {coder} coder", *np.mean(found, axis=0).tolist())


def _as_walloc_does(loaded: Loaded, picture: Image.Image) -> bytes:
    codes = loaded.model.codes_of(_tensor(picture))
    planes = next(count for count in (3, 1, 4) if _fits(loaded.model.latent_dim, count))
    stream = io.BytesIO()
    latent_to_pil(codes, loaded.model.latent_bits, planes)[0].save(stream, "WEBP", lossless=True, method=6, quality=100)
    return stream.getvalue()


def _fits(latents: int, planes: int) -> bool:
    side = round((latents / planes) ** 0.5)
    return planes * side * side == latents


def decoder_seconds(models: Sequence[str], pictures: Pictures) -> list[tuple[str, float]]:
    """From codes to pixels, of each model, and last of one with a decoder of the published size, untrained."""
    _, picture = next(iter(pictures))
    size = (picture.height, picture.width)
    codecs = {name: autoencoder_by_name(name, "cpu").model for name in models}
    slim = codecs[models[0]]
    large = Codec2D(slim.channels, slim.J, None, _PUBLISHED_WIDTH, slim.latent_dim, slim.latent_bits, True).eval()
    parameters = sum(x.numel() for x in large.decoder.parameters())
    codecs[f"untrained, {parameters / 1e6:.0f} million parameters"] = large.to(memory_format=torch.channels_last)
    return [(name, _least(_decoding(codec, picture, size))) for name, codec in codecs.items()]


def _decoding(codec: Codec2D, picture: Image.Image, size: tuple[int, int]) -> Callable[[], object]:
    codes = codec.codes_of(_tensor(picture)).contiguous(memory_format=torch.channels_last)
    return lambda: codec.pictures_from(codes, size)


def _least(call: Callable[[], object], rounds: int = 3) -> float:
    """Seconds of the fastest of some calls."""
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return min(taken)


def against_published(rows: Sequence[Measured]) -> float | None:
    """BD-rate, in per cent, of the range coder's points; nothing with fewer than two of them."""
    curve = sorted((row.bpp, row.psnr) for row in rows if row.name.endswith(", range coder"))
    return bd_rate(PUBLISHED, curve).percent if len(curve) > 1 else None


def _tensor(picture: Image.Image) -> torch.Tensor:
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None] / 255


def _pixels(picture: Image.Image) -> int:
    return picture.width * picture.height


def _table(rows: Sequence[Measured]) -> Table:
    return Table(
        name="walloc",
        title="WaLLoC",
        columns=("model", "bits a pixel", "PSNR, dB", "encode, s", "decode, s"),
        rows=tuple(
            cells(
                (
                    row.name,
                    number(row.bpp, 3),
                    number(row.psnr, 2),
                    *map(_seconds, (row.encode_seconds, row.decode_seconds)),
                )
            )
            for row in rows
        ),
    )


def _seconds(value: float) -> str:
    return number(value, 3) if value else ""
