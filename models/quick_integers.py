"""Integer layers in 8-bit arithmetic, where the processor has it: the same integers in a quarter of the time.

oneDNN multiplies bytes exactly and then, in float32, applies a factor and a bias, rounds to the nearest integer and
cuts to 0..255. The factor is a power of two; a bias that is lower by a half, less half of the smallest step there can
be, turns rounding into the floor that the layers ask for. torch calls these operations itself for quantised models, but
does not document them; so they are used only after they have been seen to give the right integers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

import torch

BYTE = torch.uint8
_left_out = False
_MOST_SHIFT = 15  # in half units, what is not exact in float32 then is beyond 256, and cut to that anyway


@dataclass(frozen=True)
class ByteLayer:
    """One layer, packed for oneDNN: `activated` gives bytes, `raw` what comes before they are cut, as float32."""

    kernel: int
    groups: int
    packed: torch.Tensor
    scales: torch.Tensor
    bias: torch.Tensor
    rounding_bias: torch.Tensor
    zeros: torch.Tensor

    @staticmethod
    def packed_from(
        weight: torch.Tensor, bias: torch.Tensor, factor: torch.Tensor, groups: int, places: int = 1 << 13
    ) -> ByteLayer | None:
        """From integers in float32, the weights (outputs, inputs, k, k) and the factor a power of two, at most 1.

        None if float32 could not hold what comes between. `places` is how many there usually are at once.
        """
        exact = ((2 * bias - 1 / factor + 1).abs() < 2**24) & (factor >= 2.0**-_MOST_SHIFT)
        if not exact.all():
            return None
        kernel, outputs = weight.shape[-1], len(weight)
        whole = weight.to(torch.int8)
        if kernel == 1:
            packed = torch.ops.onednn.qlinear_prepack(whole.flatten(1), [places, weight.shape[1]])
        else:
            side = [1] * 2, [kernel // 2] * 2, [1] * 2
            shape = [1, weight.shape[1] * groups, 64, places // 64]
            packed = torch.ops.onednn.qconv_prepack(whole, factor, 1.0, 0, *side, groups, shape)
        scaled = bias * factor
        zeros = torch.zeros(outputs, dtype=torch.int32)
        return ByteLayer(kernel, groups, packed, factor, scaled, scaled - 0.5 + factor / 2, zeros)

    def __deepcopy__(self, memo: dict) -> ByteLayer:
        """Itself: it never changes, and packed weights cannot be copied."""
        return self

    def activated(self, x: torch.Tensor) -> torch.Tensor:
        """Bytes (places, inputs), or for a larger kernel (B, inputs, h, w), to bytes of the outputs."""
        return self._computed(x, self.rounding_bias, BYTE)

    def raw(self, x: torch.Tensor) -> torch.Tensor:
        return self._computed(x, self.bias, torch.float32).floor_()

    def added_to(self, base: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        """(places, inputs): the sum with `base`, as bytes."""
        return torch.ops.onednn.qlinear_pointwise.binary(
            x, 1.0, 0, self.packed, self.scales, self.zeros, base, self.rounding_bias, 1.0, 0, BYTE, 1.0, 0,
            "add", 1.0, "none", [], "",
        )  # fmt: skip

    def _computed(self, x: torch.Tensor, bias: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
        factors = self.packed, self.scales, self.zeros, bias
        if self.kernel == 1:
            return torch.ops.onednn.qlinear_pointwise(x, 1.0, 0, *factors, 1.0, 0, dtype, "none", [], "")
        side = [1] * 2, [self.kernel // 2] * 2, [1] * 2
        return torch.ops.onednn.qconv2d_pointwise(
            x, 1.0, 0, *factors, *side, self.groups, 1.0, 0, dtype, "none", [], ""
        )


@lru_cache
def available() -> bool:
    """Whether this processor multiplies bytes without cutting the sums short, and this torch gives the right ones."""
    if not _multiplies_bytes() or not torch.backends.mkldnn.is_available():
        return False
    try:
        return _right(1, 64, 33) and _right(300, 113, 64)
    except (AttributeError, RuntimeError, TypeError):  # another torch, which calls them in another way
        return False


def in_use() -> bool:
    """Whether to use them now; who turns oneDNN off turns them off too."""
    return not _left_out and torch.backends.mkldnn.enabled and available()


@contextmanager
def left_out() -> Iterator[None]:
    """For those who count what torch computes: its counters do not know these operations."""
    global _left_out
    before, _left_out = _left_out, True
    try:
        yield
    finally:
        _left_out = before


def _multiplies_bytes() -> bool:
    capabilities = getattr(torch.cpu, "get_capabilities", dict)()
    return bool(capabilities.get("avx512_vnni") or capabilities.get("avx_vnni"))


@torch.no_grad()
def _right(places: int, inputs: int, outputs: int) -> bool:
    """Whether random layers, some of them with the largest numbers there can be, give the integers that they should."""
    random = torch.Generator().manual_seed(places)

    def below(limit: int, *size: int) -> torch.Tensor:
        return torch.randint(limit, size, generator=random).float()

    x, base = below(256, places, inputs), below(256, places, outputs)
    x[0], x[-1, ::2] = 255, 0
    weight, bias = below(255, outputs, inputs, 1, 1) - 127, below(1 << 16, outputs) - (1 << 15)
    weight[0], weight[-1] = 127, -127
    factor = 2.0 ** -below(_MOST_SHIFT + 1, outputs)
    layer = ByteLayer.packed_from(weight, bias, factor, 1)
    expected = torch.floor((x.double() @ weight.flatten(1).t().double() + bias) * factor)
    of_bytes = x.to(BYTE), base.to(BYTE)
    looking = [_looks_right(groups, each, random) for groups, each in ((inputs, 1), (4, 8))]
    return (
        torch.equal(layer.raw(of_bytes[0]).double(), expected)
        and torch.equal(layer.activated(of_bytes[0]).double(), expected.clamp(0, 255))
        and torch.equal(layer.added_to(of_bytes[1], of_bytes[0]).double(), (expected + base).clamp(0, 255))
        and all(looking)
    )


def _looks_right(groups: int, each: int, random: torch.Generator) -> bool:
    """The same of a layer that looks around in groups of one input, with so many outputs each."""
    outputs = groups * each
    x = torch.randint(256, (2, groups, 5, 9), generator=random).float().contiguous(memory_format=torch.channels_last)
    weight = torch.randint(-127, 128, (outputs, 1, 3, 3), generator=random).float()
    bias = torch.randint(-3000, 3000, (outputs,), generator=random).float()
    factor = 2.0 ** -torch.randint(0, 12, (outputs,), generator=random).float()
    layer = ByteLayer.packed_from(weight, bias, factor, groups)
    whole = torch.nn.functional.conv2d(x.double(), weight.double(), bias.double(), padding=1, groups=groups)
    expected = torch.floor(whole * factor.view(-1, 1, 1)).clamp(0, 255)
    return torch.equal(layer.activated(x.to(BYTE)).double(), expected)
