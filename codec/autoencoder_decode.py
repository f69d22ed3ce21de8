"""The bytes of a `.wlc` file that an autoencoder made to samples. `autoencoder_encode.py` is the way there."""

from __future__ import annotations

import numpy as np
import torch

from wlc.bitstream import plane_coder, webp_coder
from wlc.bitstream.container import RANGE, Container
from wlc.bitstream.errors import CorruptFile, UnsupportedFile, WlcError
from wlc.bitstream.head import BANDS, Head, tiles
from wlc.loaded import Loaded


def autoencoder_samples(container: Container, loaded: Loaded, reduce: int) -> np.ndarray:
    """(H, W, colours), at 1 / 2^reduce of the picture's size."""
    if reduce > loaded.model.halvings:
        most = loaded.model.halvings
        raise WlcError(
            f"files of the model {loaded.name!r} can be reduced by {most} at most"
            if most
            else f"files of the model {loaded.name!r} can only be shown in full size"
        )
    return samples_from(codes_in(container, loaded), container.head, loaded, reduce)


def codes_in(container: Container, loaded: Loaded) -> np.ndarray:
    """The codes of the whole picture, (K, h, w) int32; zeros where a tile has not come."""
    head, model = container.head, loaded.model
    if head.levels != 1:
        raise UnsupportedFile(f"this file has {head.levels} levels, and an autoencoder makes one")
    _check_channels(head, model.channels)
    codes = np.zeros((model.latent_dim, -(-head.height // model.cell), -(-head.width // model.cell)), np.int32)
    largest = 1 << (model.latent_bits - 1)
    for tile, segment in zip(code_tiles(head, model.cell), container.segments, strict=False):
        codes[tile] = _read(head, segment, codes[tile].shape, loaded)
    if max(-int(codes.min()), int(codes.max())) > largest:
        raise CorruptFile("this file has codes that its model does not make")
    return codes


def samples_from(codes: np.ndarray, head: Head, loaded: Loaded, reduce: int = 0) -> np.ndarray:
    """Codes to samples of the picture that HEAD describes."""
    dtype = np.uint8 if head.bit_depth == 8 else np.uint16
    planes = torch.from_numpy(codes.astype(np.float32))[None].to(loaded.device, memory_format=torch.channels_last)
    picture = loaded.model.pictures_from(planes, (head.height, head.width), reduce)[0]
    if head.colours == 1:
        picture = picture.mean(dim=0, keepdim=True)
    top = np.iinfo(dtype).max
    samples = (picture * top).nan_to_num_().round_().clamp_(0, top)
    return samples.permute(1, 2, 0).cpu().numpy().astype(dtype)


def code_tiles(head: Head, cell: int) -> list[tuple]:
    """Where each tile lies in the codes."""
    return [
        (slice(None), slice(top // cell, -(-(top + height) // cell)), slice(left // cell, -(-(left + width) // cell)))
        for top, left, height, width in tiles(head)
    ]


def _read(head: Head, segment: bytes, shape: tuple[int, int, int], loaded: Loaded) -> np.ndarray:
    if head.coder == RANGE:
        return plane_coder.decode(segment, shape, loaded.tables)
    return webp_coder.decode(segment, [shape])[0]


def _check_channels(head: Head, channels: int) -> None:
    as_gray = head.colours == 1 and channels == 3 and head.layout != BANDS
    if head.colours != channels and not as_gray:
        raise CorruptFile(f"this file claims {head.colours} channels, and its model has {channels}")
