"""The integers inside a `.wlc` file as tensors, for nets that learn from them and never see a pixel.

Only the coder and the nets that steer it run: no correction, no inverse wavelet. A learner's own first layers can do
better than what would be computed there for human eyes, and the time is saved.
"""

from __future__ import annotations

import os

import torch

from wlc.bitstream.container import read_head
from wlc.bitstream.errors import WlcError
from wlc.bitstream.head import ONE_QUALITY, Head
from wlc.bitstream.limits import DEFAULT_LIMITS, Limits
from wlc.decode import decode_symbols
from wlc.inspection import as_bytes
from wlc.loaded import by_fingerprint
from wlc.models.groups import GROUPS, LEVELS
from wlc.models.quantiser import step

FINE = "fine"
REPEATED = "repeated"


def latents(
    data: bytes | str | os.PathLike[str],
    *,
    levels: int = LEVELS,
    stack: str | None = None,
    dequantise: bool = False,
    device: str = "auto",
    threads: int | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> torch.Tensor | list[torch.Tensor]:
    """The latents of a lossy `.wlc` file, given as its bytes or its path: tensors on the CPU, coarse to fine.

    Six groups of channels, (C, h, w) each. In each, channel = 3 * band + plane: brightness, then two colours, which are
    zero in a picture without colour. The last three lie on the 1/8 grid, one place for 8 x 8 pixels, which is padded to
    whole blocks of 64 x 64 pixels; the first three are details of a pyramid above it:

        12 channels at 1/64, 9 at 1/32, 9 at 1/16    level 1
         9 channels at 1/8                           level 2
        36 channels at 1/8                           level 3
       144 channels at 1/8                           level 4

    - `levels` from 1 to 4 leaves the finer ones out. A file that is cut off after them will do.
    - `stack` makes one tensor of the groups, on the 1/8 grid: "fine" leaves the pyramid's three out (189 channels of
      all levels), "repeated" keeps them, each value repeated over the places that it stands for (219 channels).
    - `dequantise` gives float32 values in grey levels, symbols times the step of their channel at this file's quality:
      then files of different qualities are alike. Without it they are the int16 symbols, as they were written.

    The file of an autoencoder, such as WaLLoC's, has one group, whatever `levels` and `stack` say: its codes,
    (K, h, w). With `dequantise` they are float32.

    Tiles are joined, and transparency is left out. A lossless file has no latents and is refused, as its symbols are
    what remains of single samples; `decompress(data, reduce=3)` gives a small picture of it instead.

        >>> coarse = wlc.latents("photo.wlc", levels=2, stack="repeated", dequantise=True)   # (39, h, w)
    """
    if levels not in range(1, LEVELS + 1):
        raise ValueError(f"levels is 1, 2, 3 or 4, not {levels}")
    if stack not in (None, FINE, REPEATED):
        raise ValueError(f'stack is None, "fine" or "repeated", not {stack!r}')
    if stack == FINE and levels == 1:
        raise ValueError('the first level has nothing on the 1/8 grid; stack "repeated" brings it there')
    data = as_bytes(data)
    symbols = [x[0] for x in decode_symbols(data, levels=levels, device=device, threads=threads, limits=limits)]
    if read_head(data).hints & ONE_QUALITY:
        groups = symbols if dequantise else [_as_int16(x) for x in symbols]
        return groups if stack is None else groups[0]
    groups = _in_grey_levels(symbols, read_head(data), device) if dequantise else [_as_int16(x) for x in symbols]
    return groups if stack is None else _stacked(groups, with_coarse=stack == REPEATED)


def _in_grey_levels(symbols: list[torch.Tensor], head: Head, device: str) -> list[torch.Tensor]:
    """What `dequantised` and the nets' last step make of symbols, without the pyramid between them."""
    loaded = by_fingerprint(head.fingerprint, device)
    with torch.no_grad():
        gains = loaded.model.gains(torch.full((1,), head.rate_index, device=loaded.device))
    base = float(step(head.rate_index))
    return [(x * (base / gain[0].cpu())).contiguous() for x, gain in zip(symbols, gains, strict=False)]


def _as_int16(symbols: torch.Tensor) -> torch.Tensor:
    """Half the memory of float32. No encoder writes symbols this large, but a forged file can."""
    if symbols.abs().max() > torch.iinfo(torch.int16).max:
        raise WlcError("this file has symbols that do not fit into 16 bits")
    return symbols.to(torch.int16, memory_format=torch.contiguous_format)


def _stacked(groups: list[torch.Tensor], with_coarse: bool) -> torch.Tensor:
    chosen = []
    for x, group in zip(groups, GROUPS, strict=False):
        if group.shift and not with_coarse:
            continue
        chosen.append(x.repeat_interleave(1 << group.shift, 1).repeat_interleave(1 << group.shift, 2))
    return torch.cat(chosen)
