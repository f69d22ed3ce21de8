"""One level of a fixed wavelet in lifting steps: whatever a step adds on the way there, it takes away on the way back.

The four bands are in units of the picture: the low one is a picture of half the size with the same mean, and a detail
is half of what the orthonormal transform would have, so that all four fit into the range of the picture's own values.
"""

from dataclasses import dataclass

import torch

# Each step adds weight * (left + right neighbour) to the odd samples, the next one to the even ones, and so on.
_CDF_9_7 = (-1.586134342059924, -0.052980118572961, 0.882911075530934, 0.443506852043971)
_CDF_9_7_LOW = 1.149604398860241 / 2**0.5  # so that the low band keeps the mean


@dataclass(frozen=True)
class Lifting:
    """A wavelet. Haar's steps have one neighbour, the sample of the same pair."""

    steps: tuple[float, ...]
    low_scale: float
    high_scale: float
    pairs: bool = False

    def split(self, picture: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(B, C, H, W), both sides even, to (B, C, H/2, W/2) and its details (B, 3 * C, H/2, W/2).

        The details are those along rows, along columns, and along both, C channels each.
        """
        left, right = self._apart(picture, -1)
        low, down = self._apart(left, -2)
        across, both = self._apart(right, -2)
        return low, torch.cat([across, down, both], dim=1)

    def merge(self, low: torch.Tensor, details: torch.Tensor) -> torch.Tensor:
        across, down, both = details.chunk(3, dim=1)
        return self._together(self._together(low, down, -2), self._together(across, both, -2), -1)

    def _apart(self, x: torch.Tensor, axis: int) -> tuple[torch.Tensor, torch.Tensor]:
        pairs = x.unflatten(axis, (-1, 2))
        even, odd = pairs.select(axis, 0), pairs.select(axis, 1)
        for number, weight in enumerate(self.steps):
            if number % 2:
                even = even + weight * self._neighbours_of_even(odd, axis)
            else:
                odd = odd + weight * self._neighbours_of_odd(even, axis)
        return even * self.low_scale, odd * self.high_scale

    def _together(self, low: torch.Tensor, high: torch.Tensor, axis: int) -> torch.Tensor:
        even, odd = low / self.low_scale, high / self.high_scale
        for number, weight in reversed(list(enumerate(self.steps))):
            if number % 2:
                even = even - weight * self._neighbours_of_even(odd, axis)
            else:
                odd = odd - weight * self._neighbours_of_odd(even, axis)
        return torch.stack([even, odd], dim=axis).flatten(axis - 1, axis)

    def _neighbours_of_odd(self, even: torch.Tensor, axis: int) -> torch.Tensor:
        """The last odd sample sees its left neighbour twice: the picture is mirrored about its last sample."""
        if self.pairs:
            return even
        size = even.shape[axis]
        return even + torch.cat([even.narrow(axis, 1, size - 1), even.narrow(axis, size - 1, 1)], dim=axis)

    def _neighbours_of_even(self, odd: torch.Tensor, axis: int) -> torch.Tensor:
        if self.pairs:
            return odd
        size = odd.shape[axis]
        return odd + torch.cat([odd.narrow(axis, 0, 1), odd.narrow(axis, 0, size - 1)], dim=axis)


HAAR = Lifting((-1.0, 0.5), 1.0, 0.5, pairs=True)
CDF_9_7 = Lifting(_CDF_9_7, _CDF_9_7_LOW, 1 / (2 * _CDF_9_7_LOW))
