"""What a model has to offer whose whole numbers, its codes, a `.wlc` file can hold without knowing what they mean."""

from typing import Protocol

import torch


class Autoencoder(Protocol):
    """Pictures are (B, channels, H, W) in 0..1, codes (B, latent_dim, ceil(H / cell), ceil(W / cell)) whole numbers."""

    channels: int  # of a picture
    latent_dim: int
    latent_bits: int
    cell: int  # pixels a side of one place of the codes
    halvings: int  # how often a picture can be halved by not computing its finest details

    def codes_of(self, pictures: torch.Tensor) -> torch.Tensor: ...

    def pictures_from(self, codes: torch.Tensor, size: tuple[int, int], halvings: int = 0) -> torch.Tensor:
        """Pictures of `size` (height, width), or halved so many times, rounded up."""
        ...
