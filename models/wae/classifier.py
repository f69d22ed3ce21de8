"""Two nets for two halves: a full one for what matters, one of a quarter of its width for the details.

One head judges by the features of the first alone, another by those of both, and their votes are added.
"""

import torch
from torch import nn

from .backbone import Backbone, BackboneConfig


class OneNet(nn.Module):
    """What is usual: one net, one head. Classes' scores, (B, classes)."""

    def __init__(self, config: BackboneConfig, classes: int) -> None:
        super().__init__()
        self.net = Backbone(config)
        self.head = nn.Linear(self.net.width, classes)

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        return self.head(self.net(picture))


class TwoNets(nn.Module):
    def __init__(self, wide: BackboneConfig, narrow: BackboneConfig, classes: int) -> None:
        super().__init__()
        self.wide, self.narrow = Backbone(wide), Backbone(narrow)
        self.head = nn.Linear(self.wide.width, classes)
        self.both = nn.Linear(self.wide.width + self.narrow.width, classes)

    def forward(self, low: torch.Tensor, high: torch.Tensor) -> torch.Tensor:
        features = self.wide(low)
        return self.head(features) + self.both(torch.cat([features, self.narrow(high)], dim=1))
