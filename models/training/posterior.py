"""What a variational autoencoder adds in training: how sure it is of each place of its code, and what that costs.

The encoder's code is a mean; beside it stands a log-variance. What is decoded is drawn from that normal distribution.
The cost is how far this is from the standard normal distribution, the same for every place and every picture: in bits,
since it is what telling the draw costs where standard normal numbers are expected.
"""

import math

import torch
from torch import nn

_FIRST = -2 * 2.5 - math.log(12)  # about as much noise as rounding makes in a new model that is not variational


class Posterior(nn.Module):
    def __init__(self, features: int, code_channels: int) -> None:
        super().__init__()
        self.to_log_variance = nn.Conv2d(features, code_channels, 1)
        nn.init.zeros_(self.to_log_variance.weight)
        nn.init.constant_(self.to_log_variance.bias, _FIRST)

    def log_variance(self, features: torch.Tensor) -> torch.Tensor:
        return self.to_log_variance(features.float())

    def forward(self, means: torch.Tensor, features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """A code that is drawn, and its bits, (B, K, h, w) each."""
        log_variance = self.log_variance(features)
        drawn = means + (log_variance / 2).exp() * torch.randn_like(means)
        return drawn, divergence(means, log_variance)


def divergence(means: torch.Tensor, log_variance: torch.Tensor) -> torch.Tensor:
    """Kullback-Leibler divergence of normal distributions from the standard one, in bits."""
    return (means.square() + log_variance.exp() - 1 - log_variance) / (2 * math.log(2))


def rounding_step(mean_precision: torch.Tensor) -> torch.Tensor:
    """The step that does as much harm as the noise of training, given the mean of 1 / variance.

    A place with little noise is one where noise does harm, in proportion to 1 / variance; rounding is as strong
    everywhere, with a variance of step^2 / 12. So the harm is equal where that is the harmonic mean of the variances,
    and there, too, the last bit that a finer step would cost is worth as much as the error that it would save.
    """
    return (12 / mean_precision).sqrt()
