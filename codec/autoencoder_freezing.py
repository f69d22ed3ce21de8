"""From an autoencoder to a weights file: tables counted from the codes that it makes of pictures."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch

from wlc.bitstream import plane_coder
from wlc.bitstream.tables import SymbolTables
from wlc.files import write_bytes
from wlc.freezing import as_arrays, averaged, checkpoint_in, tables_of
from wlc.models.autoencoder import Autoencoder
from wlc.models.training import pictures, table_fit
from wlc.models.training.walloc_loop import SlimConfig
from wlc.models.walloc.codec_file import serialise
from wlc.models.walloc.codecs import Slim2D

_CROP = 256
_HALVED = "decoder.1.correction."  # what is as good in float16


def freeze_walloc(
    source: Path, target: Path, data: list[Path], crops: int = 600, log: Callable[[str], None] = print
) -> None:
    """Write the averaged codec of the checkpoint in `source` as a weights file that files can be made with."""
    tensors, notes = checkpoint_in(source)
    codec = Slim2D(**SlimConfig(**json.loads(notes["config"])).as_dict()).eval()
    codec.load_state_dict(averaged(tensors, "codec."))
    arrays = as_arrays(tables_from(codec, data, crops))
    arrays |= {name: x.half().numpy() for name, x in codec.state_dict().items() if name.startswith(_HALVED)}
    target.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(target, serialise(codec, arrays, notes), force=True)
    log(f"wrote {target}, {target.stat().st_size / 1e6:.2f} MB")


def tables_from(model: Autoencoder, data: list[Path], crops: int = 600) -> SymbolTables:
    """Tables for the codes of a model: counted on crops of pictures, or without any, what suits most models."""
    if data and model.channels not in (1, 3):
        raise ValueError(f"pictures have one channel or three, and this model wants {model.channels}")
    counts = np.zeros((plane_coder.TABLE_COUNT, table_fit.LARGEST + 2), np.int64)
    for crop in crops_of(data, crops) if data else ():
        with torch.no_grad():
            picture = crop if model.channels == 3 else crop.mean(dim=0, keepdim=True)
            codes = model.codes_of(picture[None] / 255)[0]
        table_fit.count(counts, *plane_coder.symbols_of(codes.numpy().astype(np.int32)))
    return tables_of(table_fit.fit(counts))


def crops_of(data: list[Path], count: int) -> Iterator[torch.Tensor]:
    """Always the same ones, (3, S, S) in 0..255."""
    loaded, _ = pictures.load(data)
    size = min(_CROP, max((min(picture.shape[1:]) for picture in loaded), default=0))
    draw = pictures.Crops(loaded, size, seed=1)
    return (draw.draw() for _ in range(count))
