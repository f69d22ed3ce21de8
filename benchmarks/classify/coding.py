"""What a file would hold of pictures, with slopes: how an encoder's net learns what comes of what it writes.

Symbols, and the tables that code them, are chosen as for a file, by the very nets and tables that will read it. They
have the slope of the values that they were rounded from; and bits, which a whole number gives no slope, have that of
the values with noise as wide as the rounding.
"""

from dataclasses import dataclass

import torch

from wlc.computing import computing
from wlc.models import colour, wavelet, windows
from wlc.models.filters import reflected
from wlc.models.lossy import LossyModel
from wlc.models.scale_nets import TABLES, log_scale
from wlc.models.symbols import choose_symbols, costs
from wlc.models.training.objective import logistic_bits
from wlc.pass_leans import tables_leaning


@dataclass(frozen=True)
class Coded:
    """A batch of pictures as symbols, (B, C, h, w) for each group, and the bits of each picture."""

    symbols: list[torch.Tensor]
    bits: torch.Tensor


def coded(codec: LossyModel, rgb: torch.Tensor, rate_index: int, table_bits: torch.Tensor) -> Coded:
    """(B, 3, H, W) in 0..255, all at one quality. `table_bits` are those of `choose_symbols`."""
    quality = torch.full((len(rgb),), rate_index, device=rgb.device)
    with torch.autocast(rgb.device.type, enabled=False):
        coefficients = wavelet.analyse(colour.to_planes(_whole_blocks(rgb)))
        with torch.autocast(rgb.device.type, torch.bfloat16):
            corrected = codec.correct_for_coding(coefficients, quality)
        values = codec.values_of(corrected, quality)
    with computing(rgb.device, None):
        chosen = choose_symbols(codec, [value.detach() for value in values], rate_index, table_bits)
    symbols, bits = [], torch.zeros(len(rgb), device=rgb.device)
    for_leans = table_bits.cpu().numpy()
    for value, group in zip(values, chosen, strict=True):
        symbols.append(value + (group.symbols - value).detach())
        noisy = value + torch.rand_like(value) - 0.5
        sloping = logistic_bits(noisy.abs(), log_scale((group.indices % TABLES).float()))
        written = costs(table_bits, tables_leaning(group, for_leans))(group.symbols.abs())
        bits = bits + (sloping + (written - sloping).detach()).sum(dim=(1, 2, 3))
    return Coded(symbols, bits)


def squared_error(codec: LossyModel, symbols: list[torch.Tensor], rgb: torch.Tensor, rate_index: int) -> torch.Tensor:
    """Of each picture that a decoder makes of the symbols, in squared grey levels."""
    quality = torch.full((len(rgb),), rate_index, device=rgb.device)
    with torch.autocast(rgb.device.type, enabled=False):
        decoded = codec.coefficients_from(symbols, quality)
        with torch.autocast(rgb.device.type, torch.bfloat16):
            decoded = codec.corrected(decoded, quality)
        planes = wavelet.synthesise(decoded.float())[..., : rgb.shape[-2], : rgb.shape[-1]]
        return (planes - colour.to_planes(rgb)).square().mean(dim=(1, 2, 3))


def _whole_blocks(rgb: torch.Tensor) -> torch.Tensor:
    """Padded by mirroring, as in files."""
    height, width = rgb.shape[-2:]
    rows, columns = (
        torch.from_numpy(reflected(0, 8 * places, extent))
        for places, extent in zip(windows.grid_of(height, width), (height, width), strict=True)
    )
    return rgb[..., rows, :][..., columns]
