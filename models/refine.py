"""Symbols chosen again and again, each time knowing more: what the decoder net makes of them, what neighbours cost.

`choose` takes the error to be the distance from a value, as if coefficients did not touch each other, and looks only at
the bits of the symbol itself. Here the slope of the real error moves the values, and the slope of the neighbours' bits
is put on the price, before each new choice: a proximal gradient method whose proximal step is the ordinary choice.
"""

import torch

from .code_length import code_length
from .groups import PLANES
from .lossy import LossyModel
from .rdoq import choose
from .scale_nets import features
from .scene import Scene
from .symbols import costs, error_weights

# All measured on held-out pictures; see docs/model.md.
_STRIDE = 0.1  # of the way to where the slope points: neighbours reach there too
_LAST_STRIDE = 0.2  # as a part of the first
_MOMENTUM = 0.5
_PRESSURE = 0.5  # a slope promises more than a step of one brings
_PRESSURE_NEWS = 0.1  # how much of each look's pressure enters the mean of all
_THRIFT = 0.85  # on the error's weight, so that refining makes files smaller and not pictures better


@torch.no_grad()
def refine(
    model: LossyModel, scene: Scene, values: list[torch.Tensor], rate_index: int, bits: torch.Tensor, rounds: int
) -> list[torch.Tensor]:
    """Better symbols for a tile, (1, C, h, w) each, than those that are in the scene; or those, if none are better.

    Better means bits + lambda * error, by the true tables and the true decoder.
    """
    weights = error_weights(model, rate_index, values[-1].device)
    aims = [value.clone() for value in values]
    speeds = [torch.zeros_like(value) for value in values]
    symbols = best = scene.before
    pressures: list[torch.Tensor] = []
    least = float("inf")
    for done in range(rounds + 1):
        length = code_length(model, symbols, rate_index, bits)
        error, slopes = scene.error(symbols)
        if length.bits + _THRIFT * error < least:
            least, best = length.bits + _THRIFT * error, symbols
        if done == rounds:
            break
        pressures = _blended(pressures, length.pressure)
        stride = _STRIDE * (1 - (1 - _LAST_STRIDE) * done / rounds)
        chosen = []
        for group, (symbol, aim, speed, weight) in enumerate(zip(symbols, aims, speeds, weights, strict=True)):
            # The value whose plain error would have this slope here.
            pull = symbol - slopes[group] / (2 * weight) - aim
            speed.mul_(_MOMENTUM).add_(pull, alpha=stride)
            aim.add_(speed)
            if scene.without_colour:
                aim[:, 1::PLANES] = 0
                aim[:, 2::PLANES] = 0
            own = costs(bits, length.indices[group])
            pressure = _PRESSURE * pressures[group]

            def cost(magnitude: torch.Tensor, own=own, pressure=pressure) -> torch.Tensor:
                return own(magnitude) + pressure * features(magnitude, model.scale_nets.levels)

            chosen.append(choose(aim, cost, _THRIFT * weight))
        symbols = chosen
    return best


def _blended(before: list[torch.Tensor], news: list[torch.Tensor]) -> list[torch.Tensor]:
    return [old.lerp(new, _PRESSURE_NEWS) for old, new in zip(before, news, strict=True)] if before else news
