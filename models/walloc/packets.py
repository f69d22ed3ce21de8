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
        return _split(x.unsqueeze(-2), (self.h0, self.h1), axis=-1).squeeze(-2)


class Synthesis1D(nn.Module):
    """The inverse of `Analysis1D`."""

    def __init__(self) -> None:
        super().__init__()
        for name, taps in zip(("g0", "g1"), _synthesis_filters(), strict=True):
            self.register_buffer(name, taps.view(1, 1, -1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return _merge(x.unsqueeze(-2), (self.g0, self.g1), axis=-1).squeeze(-2)


class Analysis2D(nn.Module):
    """(B, C, H, W) to (B, 4 C, H / 2, W / 2); of each channel both low, then high along the height, then high along
    the width, then both high."""

    def __init__(self) -> None:
        super().__init__()
        _hold_both_ways(self, ("h0", "h1"), _analysis_filters())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        _must_be_even(x, 2)
        halves = _split(x, (self.h0_row, self.h1_row), axis=-1)  # (B, 2 C, H, W/2)
        return _split(halves, (self.h0_col, self.h1_col), axis=-2)


class Synthesis2D(nn.Module):
    """The inverse of `Analysis2D`."""

    def __init__(self) -> None:
        super().__init__()
        _hold_both_ways(self, ("g0", "g1"), _synthesis_filters())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        halves = _merge(x, (self.g0_col, self.g1_col), axis=-2)
        return _merge(halves, (self.g0_row, self.g1_row), axis=-1)


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


def _around(x: torch.Tensor, margin: int, axis: int) -> torch.Tensor:
    """Samples more at both ends of an axis, taken from its other end, however short it is."""
    length = x.shape[axis]
    return x.index_select(axis, torch.arange(-margin, length + margin, device=x.device) % length)


def _kernel(filters: _Filters, channels: int, axis: int, like: torch.Tensor) -> tuple[torch.Tensor, dict]:
    """Both filters along one axis of a plane, for each channel, and how they go over it: two places at a time."""
    shape, stride = ((2, 1, 1, -1), (1, 2)) if axis == -1 else ((2, 1, -1, 1), (2, 1))
    pair = torch.cat([taps.flatten() for taps in filters]).view(shape).to(like)
    return pair.repeat(channels, 1, 1, 1), {"stride": stride, "groups": channels}


def _split(x: torch.Tensor, filters: _Filters, axis: int) -> torch.Tensor:
    """(B, C, H, W) to (B, 2 C, ...), an axis of half the length: the low and the high half of each channel.

    As PyWavelets has it, tap t of output n meets sample 2 n + t - margin.
    """
    kernel, how = _kernel(filters, x.shape[1], axis, x)
    return F.conv2d(_around(x, kernel.shape[axis] // 2 - 1, axis), kernel, **how)


def _merge(x: torch.Tensor, filters: _Filters, axis: int) -> torch.Tensor:
    """The way back, (B, 2 C, ...) to (B, C, ...)."""
    kernel, how = _kernel(filters, x.shape[1] // 2, axis, x)
    count = kernel.shape[axis]
    margin = count // 4  # coefficients beyond either end that a sample can need
    merged = F.conv_transpose2d(_around(x, margin, axis), kernel, **how)
    return merged.narrow(axis, 2 * margin + count // 2 - 1, 2 * x.shape[axis])
