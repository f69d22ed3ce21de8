"""What training minimises: bits of the symbols that would be written, and the error of what would be decoded."""

from dataclasses import dataclass

import torch

from .. import colour, wavelet
from ..groups import GROUPS, first_half
from ..lossy import LossyModel
from ..quantiser import trade_off
from ..rdoq import BITS_PER_SQUARED_STEP, choose
from ..scale_nets import LOG_SCALE_FIRST, NATS_PER_TABLE, table_index
from .distortion import Distortion

_FLOOR = 2.0**-16  # a table gives no symbol less, so no symbol costs much more than 16 bits
_LEAK = 0.01  # keeps a gradient on indices outside 0..63, so that they can come back
_NEUTRAL_TRADE_OFF = 0.0093  # the quality at which bits count as bits


def logistic_bits(magnitude: torch.Tensor, log_scale: torch.Tensor) -> torch.Tensor:
    """Ideal code length of a magnitude and its sign under a zero-mean logistic distribution."""
    inverse = torch.exp(-log_scale)
    mass = torch.sigmoid((0.5 - magnitude) * inverse) - torch.sigmoid((-0.5 - magnitude) * inverse)
    return -torch.log2(mass + _FLOOR)


def leaky_log_scale(raw: torch.Tensor) -> torch.Tensor:
    """`log_scale`, but with some slope beyond the tables."""
    raw = raw.float()
    index = table_index(raw)
    return LOG_SCALE_FIRST + NATS_PER_TABLE * (index + _LEAK * (raw - index))


@dataclass(frozen=True)
class Outcome:
    """Of one batch: bits a pixel and squared error (0..255) for each crop, and the symbols with their indices."""

    loss: torch.Tensor
    bits_per_pixel: torch.Tensor
    squared_error: torch.Tensor


def evaluate(
    model: LossyModel,
    rgb: torch.Tensor,
    rate_index: torch.Tensor,
    bf16: bool = True,
    distortion: Distortion | None = None,
) -> Outcome:
    """(B, 3, H, W) in 0..255 and a quality for each crop. Without a `distortion`, squared error is all that counts."""
    planes = colour.to_planes(rgb)
    pixels = rgb.shape[-1] * rgb.shape[-2]
    device = rgb.device.type
    autocast = torch.autocast(device, torch.bfloat16, enabled=bf16)
    coefficients = wavelet.analyse(planes)  # in full precision: bfloat16 would cost 0.2 dB at high qualities
    with autocast:
        coefficients = model.correct_for_coding(coefficients, rate_index)
    values = model.values_of(coefficients, rate_index)
    gains = model.gains(rate_index)
    with autocast:
        context = model.scale_nets.start(rate_index, *coefficients.shape[-2:])
    symbols, bits_of_symbols, bits_of_values = [], 0.0, 0.0
    for value, gain, group in zip(values, gains, GROUPS, strict=True):
        error_weight = BITS_PER_SQUARED_STEP / gain.detach().square()
        mask = first_half(group.channels, *value.shape[-2:], device=value.device)
        with autocast:
            first = leaky_log_scale(context.first())
        chosen = _choose(value, first, error_weight)
        with autocast:
            second = leaky_log_scale(context.second(chosen))
        log_scale = torch.where(mask, first, second)
        chosen = torch.where(mask, chosen, _choose(value, second, error_weight))
        with autocast:
            context.take(chosen)
        noisy = value + torch.rand_like(value) - 0.5
        bits_of_symbols = bits_of_symbols + logistic_bits(chosen.abs(), log_scale).sum(dim=(1, 2, 3))
        bits_of_values = bits_of_values + logistic_bits(noisy.abs(), log_scale.detach()).sum(dim=(1, 2, 3))
        symbols.append(value + (chosen - value).detach())
    decoded = model.coefficients_from(symbols, rate_index)
    with autocast:
        decoded = model.corrected(decoded, rate_index)
    back = wavelet.synthesise(decoded.float())
    squared_error = (back - planes).square().mean(dim=(1, 2, 3))
    error = distortion.beyond(squared_error, lambda: colour.to_rgb(back), rgb) if distortion else squared_error
    # The nets are trained on the symbols that are written; the encoder feels the rate through uniform noise, since
    # rounding has no slope. Only the first counts as a measured rate.
    rate = bits_of_symbols / pixels
    rate_with_slope = rate + (bits_of_values - bits_of_values.detach()) / pixels
    weight = trade_off(rate_index).to(rgb)
    loss = (rate_with_slope + weight * error) / (weight / _NEUTRAL_TRADE_OFF).sqrt()
    return Outcome(loss.mean(), rate.detach(), squared_error.detach())


@torch.no_grad()
def _choose(value: torch.Tensor, log_scale: torch.Tensor, error_weight: torch.Tensor) -> torch.Tensor:
    return choose(value, lambda magnitude: logistic_bits(magnitude, log_scale), error_weight)
