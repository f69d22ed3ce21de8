"""Pictures of any size through the wavelet and the float nets in bounded memory, with no seam.

Each window is computed with a margin as wide as everything in it can reach, and only its core is kept: the result is
the whole picture's. Only the low pyramid, 1/64 of the samples, is always done at once.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch

from . import colour, pyramid, wavelet
from .filters import reflected
from .groups import BLOCK, FINE, GROUPS, PLANES
from .lossy import LossyModel, dequantised
from .scale_nets import join_channels as join

_CORE = 1024 // 8  # grid places a side that one window keeps; larger ones fall out of the caches
_CELL = 8  # pixels a side of a grid place


@dataclass(frozen=True)
class _Span:
    """Along one axis, in grid places: what a window computes and what it keeps."""

    start: int
    stop: int
    keep_start: int
    keep_stop: int

    @property
    def inner(self) -> slice:
        return slice(self.keep_start - self.start, self.keep_stop - self.start)


def _spans(length: int, reach: int) -> Iterator[_Span]:
    margin = wavelet.CHUNK + -(-reach // wavelet.CHUNK) * wavelet.CHUNK
    for start in range(0, length, _CORE):
        stop = min(start + _CORE, length)
        yield _Span(max(start - margin, 0), min(stop + margin, length), start, stop)


def _windows(height: int, width: int, reach: int) -> Iterator[tuple[_Span, _Span]]:
    for rows in _spans(height, reach):
        for columns in _spans(width, reach):
            yield rows, columns


def grid_of(height: int, width: int) -> tuple[int, int]:
    """Places of the 1/8 grid after padding to whole blocks."""
    return tuple(-(-extent // BLOCK) * BLOCK // _CELL for extent in (height, width))


@torch.no_grad()
def values_of(model: LossyModel, samples: np.ndarray, rate_index: int, device: torch.device) -> list[torch.Tensor]:
    """(H, W, 1 or 3) samples of 8 or 16 bits to values of every group on the CPU, (1, C, h, w) each.

    The picture is padded by mirroring. One without colour has zeros for all its colour channels.
    """
    height, width = grid_of(*samples.shape[:2])
    quality = torch.full((1,), rate_index, device=device)
    low = torch.empty(1, PLANES, height, width)
    fine = [_channels_last(torch.empty, channels, height, width) for channels in FINE]
    for rows, columns in _windows(height, width, model.encoder_net.reach):
        coefficients = model.coefficients_of(colour.to_planes(_rgb(samples, rows, columns, device)), quality)
        kept = coefficients[..., rows.inner, columns.inner].cpu()
        place = (..., slice(rows.keep_start, rows.keep_stop), slice(columns.keep_start, columns.keep_stop))
        for target, source in zip([low, *fine], kept.split([PLANES, *FINE], dim=1), strict=True):
            target[place] = source
    gains = [gain.cpu() for gain in model.gains(quality)]
    values = [x.mul_(gain) for x, gain in zip([*pyramid.analyse(low), *fine], gains, strict=True)]
    if samples.shape[2] == 1:
        for value in values:
            value[:, 1::PLANES] = 0
            value[:, 2::PLANES] = 0
    return values


def _rgb(samples: np.ndarray, rows: _Span, columns: _Span, device: torch.device) -> torch.Tensor:
    """What a window sees of a picture that goes on mirrored beyond its sides, (1, 3, h, w) in 0..255."""
    for axis, span in enumerate((rows, columns)):
        start, stop = span.start * _CELL, span.stop * _CELL
        if stop <= samples.shape[axis]:
            samples = samples[(slice(None),) * axis + (slice(start, stop),)]
        else:
            samples = samples.take(reflected(start, stop, samples.shape[axis]), axis=axis)
    is_bytes = samples.dtype == np.uint8
    whole = torch.from_numpy(samples.astype(np.uint8 if is_bytes else np.int32)).to(device).permute(2, 0, 1)[None]
    rgb = whole.to(torch.float32, memory_format=torch.contiguous_format)
    return (rgb if is_bytes else rgb.mul_(255 / np.iinfo(np.uint16).max)).expand(-1, 3, -1, -1)


def blank_symbols(height: int, width: int, levels: int) -> list[torch.Tensor]:
    """Room for the symbols of the groups up to a level, on a 1/8 grid of this size."""
    return [_channels_last(torch.zeros, *group.shape(height, width)) for group in GROUPS if group.level < levels]


@torch.no_grad()
def samples_from(
    model: LossyModel,
    symbols: list[torch.Tensor],
    rate_index: int,
    shape: tuple[int, int, int],
    dtype: type,
    reduce: int,
    device: torch.device,
) -> np.ndarray:
    """Symbols on the CPU back to samples of a `shape` picture at 1 / 2^reduce of its size.

    Levels that a reduced picture does not need may be missing; the nets see zeros in their place.
    """
    packet_levels = wavelet.LEVELS - reduce
    cell = 2**packet_levels  # pixels a side of a grid place in the result
    quality = torch.full((1,), rate_index, device=device)
    low, *fine = dequantised(symbols, [gain.cpu() for gain in model.gains(quality)])
    absent = PLANES + sum(FINE) - sum(x.shape[1] for x in (low, *fine))
    height, width = (-(-extent // 2**reduce) for extent in shape[:2])
    result = np.empty((height, width, shape[2]), dtype)
    for rows, columns in _windows(*low.shape[-2:], model.decoder_net.reach):
        place = (..., slice(rows.start, rows.stop), slice(columns.start, columns.stop))
        present = [x[place] for x in (low, *fine)]
        none = present[0].new_zeros(()).expand(1, absent, *present[0].shape[-2:])
        corrected = model.corrected(join(*present, none).to(device), quality)
        planes = wavelet.synthesise(corrected[:, : PLANES * cell * cell].div_(2**reduce), packet_levels)
        inner = (slice(span.inner.start * cell, span.inner.stop * cell) for span in (rows, columns))
        pixels = _samples(planes[(..., *inner)], shape[2], dtype)
        y, x = rows.keep_start * cell, columns.keep_start * cell
        target = result[y : y + pixels.shape[0], x : x + pixels.shape[1]]
        target[:] = pixels[: target.shape[0], : target.shape[1]]
    return result


def _samples(planes: torch.Tensor, channels: int, dtype: type) -> np.ndarray:
    """(1, 3, H, W) planes to (H, W, channels) samples. A sound file gives finite numbers, a forged one need not."""
    rgb = colour.to_rgb(planes)[0]
    rgb = rgb.mean(dim=0, keepdim=True) if channels == 1 else rgb
    top = np.iinfo(dtype).max
    pixels = rgb.mul_(top / 255).nan_to_num_().round_().clamp_(0, top)
    return pixels.permute(1, 2, 0).cpu().numpy().astype(dtype)


def _channels_last(make: Callable[..., torch.Tensor], channels: int, height: int, width: int) -> torch.Tensor:
    return make(1, height, width, channels).permute(0, 3, 1, 2)
