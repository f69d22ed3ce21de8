"""What a decoder makes of one tile's symbols, beside the picture that it should have made.

A tile is decoded with a margin, whose symbols stay as they are: the nets and the wavelet reach across its edges. Errors
are counted half a margin beyond the edges, as far as the window shows truly what comes of this tile.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional as F

from . import colour, wavelet
from .groups import GROUPS
from .lossy import LossyModel, dequantised
from .quantiser import trade_off

_CELL = 8  # pixels a side of a grid place
_MARGIN = wavelet.CHUNK


@dataclass(frozen=True)
class Extent:
    """A stretch of the 1/8 grid along one axis, and how much of the picture lies around it."""

    start: int
    stop: int
    length: int

    @property
    def margins(self) -> tuple[int, int]:
        return min(self.start, _MARGIN), min(self.length - self.stop, _MARGIN)

    @property
    def window(self) -> slice:
        before, after = self.margins
        return slice(self.start - before, self.stop + after)

    @property
    def counted(self) -> slice:
        """Pixels of the window whose errors count."""
        before, after = self.margins
        return slice(before // 2 * _CELL, (self.stop - self.start + before + after - after // 2) * _CELL)


class Scene:
    """One tile of a picture whose symbols are all chosen, for now."""

    def __init__(
        self,
        model: LossyModel,
        samples: np.ndarray,
        symbols: list[torch.Tensor],
        rows: Extent,
        columns: Extent,
        rate_index: int,
        device: torch.device,
    ) -> None:
        """(H, W, 1 or 3) samples and symbols (1, C, h, w) of the whole picture, on the CPU."""
        self._model = model
        self._extents = rows, columns
        self._quality = torch.full((1,), rate_index, device=device)
        self._weight = float(trade_off(rate_index)) / 3  # samples a pixel
        self.before = [x.clone().to(device) for x in self._of_tile(symbols)]
        self.without_colour = samples.shape[2] == 1
        self._around = self._decoded_around(symbols, device)
        self._original, self._counted = self._picture(samples, device)

    def error(self, symbols: list[torch.Tensor]) -> tuple[float, list[torch.Tensor]]:
        """What the squared error is worth in bits if these are the tile's symbols, and its slopes."""
        with torch.enable_grad():
            leaves = [x.detach().clone().requires_grad_() for x in symbols]
            changes = [
                self._padded(x - before, group.shift)
                for x, before, group in zip(leaves, self.before, GROUPS, strict=True)
            ]
            change = torch.cat(dequantised(changes, self._model.gains(self._quality)), dim=1)
            decoded = wavelet.synthesise(self._model.corrected(self._around + change, self._quality))
            off = (decoded - self._original) * self._counted
            if self.without_colour:
                off = off[:, :1]
            error = off.square().sum() * self._weight
            slopes = torch.autograd.grad(error, leaves)
        return float(error.detach()), list(slopes)

    def _of_tile(self, symbols: list[torch.Tensor]) -> list[torch.Tensor]:
        rows, columns = (slice(extent.start, extent.stop) for extent in self._extents)
        return [x[(..., *_coarser(group.shift, rows, columns))] for x, group in zip(symbols, GROUPS, strict=True)]

    def _padded(self, x: torch.Tensor, shift: int) -> torch.Tensor:
        (top, bottom), (left, right) = (extent.margins for extent in self._extents)
        return F.pad(x, [margin >> shift for margin in (left, right, top, bottom)])

    def _decoded_around(self, symbols: list[torch.Tensor], device: torch.device) -> torch.Tensor:
        """Coefficients of the window. All of this is linear, so that changes can be added to it."""
        window = [extent.window for extent in self._extents]
        gains = [gain.cpu() for gain in self._model.gains(self._quality)]
        here = [x if group.level == 0 else x[(..., *window)] for x, group in zip(symbols, GROUPS, strict=True)]
        low, *fine = dequantised(here, gains)
        return torch.cat([low[(..., *window)], *fine], dim=1).to(device)

    def _picture(self, samples: np.ndarray, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
        """The window's planes, and which of its pixels count: not those that only pad the picture to its grid."""
        spans = [slice(extent.window.start * _CELL, extent.window.stop * _CELL) for extent in self._extents]
        part = samples[tuple(spans)].astype(np.float32) * (255 / np.iinfo(samples.dtype).max)
        rgb = torch.from_numpy(part).to(device).permute(2, 0, 1)[None].expand(-1, 3, -1, -1)
        shape = [span.stop - span.start for span in spans]
        beyond = (0, shape[1] - part.shape[1], 0, shape[0] - part.shape[0])
        counted = torch.zeros(1, 1, *shape, device=device)
        counted[(..., *(extent.counted for extent in self._extents))] = 1
        counted[..., part.shape[0] :, :] = 0
        counted[..., part.shape[1] :] = 0
        return F.pad(colour.to_planes(rgb), beyond), counted


def _coarser(shift: int, *spans: slice) -> tuple[slice, ...]:
    return tuple(slice(span.start >> shift, span.stop >> shift) for span in spans)
