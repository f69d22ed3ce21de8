"""How much of a picture is in which half."""

import torch


def high_share(low: torch.Tensor, high: torch.Tensor) -> float:
    """The high half's part of the energy of both, each about its own mean.

    About the mean, since otherwise the brightness of the low half would hide how much detail the high one holds.
    """
    energies = [(half - half.mean(dim=(-2, -1), keepdim=True)).square().sum().item() for half in (low, high)]
    return energies[1] / sum(energies) if sum(energies) else 0.0
