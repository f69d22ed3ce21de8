"""The order in which symbols are written: six groups from coarse to fine, four levels a reader can stop after."""

from dataclasses import dataclass
from functools import lru_cache

import torch


@dataclass(frozen=True)
class Group:
    """Channels that are coded together, on one grid."""

    channels: int
    shift: int  # the grid is 2^shift times coarser than the 1/8 grid
    level: int  # 0 gives the 1/8 picture, 1 the 1/4, 2 the 1/2, 3 all of it

    def shape(self, height: int, width: int) -> tuple[int, int, int]:
        """Channels, rows and columns of this group where the 1/8 grid has `height` by `width` places."""
        return self.channels, height >> self.shift, width >> self.shift


GROUPS = (
    Group(12, 3, 0),
    Group(9, 2, 0),
    Group(9, 1, 0),
    Group(9, 0, 1),
    Group(36, 0, 2),
    Group(144, 0, 3),
)
LEVELS = 4
CHANNELS = sum(group.channels for group in GROUPS)
FINE = tuple(group.channels for group in GROUPS if group.level > 0)  # these lie on the 1/8 grid itself
BLOCK = 64  # pixels a side that one place of the coarsest grid stands for
PLANES = 3  # channel = 3 * band + plane in every group


@lru_cache(maxsize=64)
def first_half(channels: int, height: int, width: int, device: torch.device | str = "cpu") -> torch.Tensor:
    """Which symbols of a group come first, (1, C, h, w) bool: a checkerboard over space and channels.

    The second half is coded knowing this one, so every symbol of it has seen its four neighbours.
    """
    c = torch.arange(channels, device=device).view(1, -1, 1, 1)
    y = torch.arange(height, device=device).view(1, 1, -1, 1)
    x = torch.arange(width, device=device).view(1, 1, 1, -1)
    return (c + y + x) % 2 == 0
