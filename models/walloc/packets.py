"""One level of WaLLoC's wavelet packets: CDF 9/7 on signals that repeat without end, every channel split alike.

Not the transform of `wlc.models.wavelet`, which reflects at the borders and orders its bands otherwise. The filters are
buffers, named and laid out as pytorch_wavelets has them, because published checkpoints hold them.
"""

import pywt
import torch
from torch import nn
from torch.nn import functional as F

WAVELET = "bior4.4"
_Filters = tuple[torch.Tensor, torch.Tensor]


class Analysis1D(nn.Module):
    """(B, C, L) to (B, 2 C, L / 2); channel 2 c is the low band of channel c, 2 c + 1 its high one."""

    def __init__(self) -> None:
        super().__init__()
        for name, taps in zip(("h0", "h1"), _analysis_filters(), strict=True):
            self.register_buffer(name, taps.view(1, 1, -1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        _must_be_even(x, 1)
        return torch.stack(_split(x, (self.h0, self.h1)), dim=2).flatten(1, 2)


class Synthesis1D(nn.Module):
    """The inverse of `Analysis1D`."""

    def __init__(self) -> None:
        super().__init__()
        for name, taps in zip(("g0", "g1"), _synthesis_filters(), strict=True):
            self.register_buffer(name, taps.view(1, 1, -1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        low, high = x.unflatten(1, (-1, 2)).unbind(2)
        return _merge(low, high, (self.g0, self.g1))


class Analysis2D(nn.Module):
    """(B, C, H, W) to (B, 4 C, H / 2, W / 2); of each channel both low, then high along the height, then high along
    the width, then both high."""

    def __init__(self) -> None:
        super().__init__()
        _hold_both_ways(self, ("h0", "h1"), _analysis_filters())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        _must_be_even(x, 2)
        along_height = (self.h0_col, self.h1_col)
        bands = []
        for half in _split(x, (self.h0_row, self.h1_row)):
            bands += [band.transpose(-1, -2) for band in _split(half.transpose(-1, -2), along_height)]
        return torch.stack(bands, dim=2).flatten(1, 2)  # (B, C, 4, H/2, W/2), then (B, 4 C, H/2, W/2)


class Synthesis2D(nn.Module):
    """The inverse of `Analysis2D`."""

    def __init__(self) -> None:
        super().__init__()
        _hold_both_ways(self, ("g0", "g1"), _synthesis_filters())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        along_height = (self.g0_col, self.g1_col)
        bands = [band.transpose(-1, -2) for band in x.unflatten(1, (-1, 4)).unbind(2)]
        low, high = (_merge(*pair, along_height).transpose(-1, -2) for pair in (bands[:2], bands[2:]))
        return _merge(low, high, (self.g0_row, self.g1_row))


def _analysis_filters() -> _Filters:
    """Back to front: torch correlates where a filter bank convolves."""
    bank = pywt.Wavelet(WAVELET)
    return torch.tensor(bank.dec_lo[::-1]), torch.tensor(bank.dec_hi[::-1])


def _synthesis_filters() -> _Filters:
    bank = pywt.Wavelet(WAVELET)
    return torch.tensor(bank.rec_lo), torch.tensor(bank.rec_hi)


def _hold_both_ways(module: nn.Module, names: tuple[str, str], filters: _Filters) -> None:
    """The same pair of filters for columns and for rows, as two pairs of buffers."""
    for way, shape in (("col", (1, 1, -1, 1)), ("row", (1, 1, 1, -1))):
        for name, taps in zip(names, filters, strict=True):
            module.register_buffer(f"{name}_{way}", taps.view(shape))


def _must_be_even(x: torch.Tensor, axes: int) -> None:
    if any(size % 2 or not size for size in x.shape[-axes:]):
        raise ValueError(f"a side of {tuple(x.shape[-axes:])} cannot be halved at this level; pad to multiples of 2^J")


def _around(x: torch.Tensor, before: int, after: int) -> torch.Tensor:
    """Samples more at both ends of the last axis, taken from the other end, however short the signal is."""
    length = x.shape[-1]
    return x.index_select(-1, torch.arange(-before, length + after, device=x.device) % length)


def _split(x: torch.Tensor, filters: _Filters) -> _Filters:
    """Low and high half of the last axis. As PyWavelets has it, tap t of output n meets sample 2 n + t - reach."""
    taps = torch.stack([f.flatten() for f in filters]).unsqueeze(1).to(x)  # (2, 1, taps)
    reach = taps.shape[-1] // 2 - 1
    rows = _around(x, reach, reach).reshape(-1, 1, x.shape[-1] + 2 * reach)
    low, high = F.conv1d(rows, taps, stride=2).unbind(1)
    shape = (*x.shape[:-1], x.shape[-1] // 2)
    return low.reshape(shape), high.reshape(shape)


def _merge(low: torch.Tensor, high: torch.Tensor, filters: _Filters) -> torch.Tensor:
    taps = torch.stack([f.flatten() for f in filters]).unsqueeze(1).to(low)  # (2, 1, taps)
    count, places = taps.shape[-1], low.shape[-1]
    margin = count // 4  # coefficients beyond either end that a sample can need
    rows = torch.stack([_around(half, margin, margin).flatten(0, -2) for half in (low, high)], dim=1)
    first = 2 * margin + count // 2 - 1
    merged = F.conv_transpose1d(rows, taps, stride=2)[:, 0, first : first + 2 * places]
    return merged.reshape(*low.shape[:-1], 2 * places)
