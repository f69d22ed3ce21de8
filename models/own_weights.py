"""What a tile adds to the weights that the nets choose.

The nets have learned from other pictures. What a camera, a scanner or a decoder left in this one - noise that is alike
in neighbours, colours guessed from those around, a habit of rounding - is the same nearly everywhere in it, so a few
numbers for each step of the walk, the same at all places, correct much of what the nets get wrong.
"""

from dataclasses import dataclass

import torch

from .sample_nets import FARTHEST, ONE, SHIFT_ONE

SHARE_ONE = 64
LARGEST_SHARE = SHARE_ONE - 1  # so that float32 holds its product


@dataclass(frozen=True)
class Terms:
    """What the weights of one step belong to: neighbours, the errors of colours before, a shift of everything, and the
    share of what the nets added to the mean of the nearest neighbours."""

    differences: torch.Tensor  # (B, k, h, w), of the neighbours to the base
    base: torch.Tensor  # (B, h, w)
    errors: tuple[torch.Tensor, ...]  # (B, h, w) each
    level: int

    @property
    def count(self) -> int:
        return self.differences.shape[1] + len(self.errors) + 2

    def at(self, places: tuple) -> "Terms":
        """Those of some rows and columns."""
        errors = tuple(error[places] for error in self.errors)
        return Terms(self.differences[places], self.base[places], errors, self.level)

    def beyond(self, prediction: torch.Tensor) -> torch.Tensor:
        """What the nets added to the base, in units of 1 / ONE."""
        return torch.sub(prediction, self.base, alpha=ONE)

    def corrected(self, prediction: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        """`prediction` (B, h, w) in units of 1 / ONE, with the weights (B, count) of each tile.

        Whole numbers in, whole numbers out, as in `predicted`; no sum reaches what float32 holds exactly.
        """
        weights = weights.to(prediction.dtype)
        neighbours = self.differences.shape[1]
        result = torch.bmm(weights[:, None, :neighbours], self.differences.flatten(2)).view_as(prediction)
        per_place = weights[..., None, None]
        for error, weight in zip(self.errors, per_place[:, neighbours:].unbind(1), strict=False):
            result.addcmul_(error, weight)
        share = self.beyond(prediction).mul_(per_place[:, -1].clamp(-LARGEST_SHARE, LARGEST_SHARE) / SHARE_ONE)
        shift = per_place[:, -2] * (ONE // SHIFT_ONE * self.level)
        farthest = FARTHEST[prediction.dtype]
        return result.add_(prediction).add_(shift).add_(share.floor_()).clamp_(-farthest, farthest)
