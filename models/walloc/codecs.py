"""WaLLoC's codecs: packets, an encoder, a bottleneck, a decoder, packets again.

Arguments, attributes and names of tensors are those of the `walloc` package, whose three classes these are.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from ..filters import reflected
from .borders import around
from .bottleneck import Round, ToNormal, ToUniform, largest_latent, normal_scale
from .packets import Analysis1D, Analysis2D, Synthesis1D, Synthesis2D
from .picture_nets import Decoder, Encoder
from .slim_decoder import SlimDecoder
from .sound_nets import SoundDecoder, SoundEncoder


class Codec(nn.Module):
    """What all codecs share. Samples are between -0.5 and 0.5, sides multiples of 2^J.

    `eval()` rounds latents, `train()` adds noise in place of that.
    """

    axes: int  # of a signal: 1 for sound, 2 for pictures
    encoder: nn.Sequential
    decoder: nn.Sequential

    def __init__(self, channels: int, J: int, latent_dim: int, latent_bits: int) -> None:
        super().__init__()
        if channels < 1 or J < 1 or latent_dim < 1:
            raise ValueError("channels, J and latent_dim must be at least 1")
        self.channels, self.J, self.latent_dim, self.latent_bits = channels, J, latent_dim, latent_bits
        self.freq_bands = self.bands(J)
        self.latent_max = largest_latent(latent_bits)
        self.wt, self.iwt = (Analysis1D(), Synthesis1D()) if self.axes == 1 else (Analysis2D(), Synthesis2D())
        self.clamp = nn.Hardtanh(-0.5, 0.5)

    @classmethod
    def bands(cls, J: int) -> int:
        return (2**cls.axes) ** J

    @classmethod
    def load(cls, path: str | Path) -> Codec:
        """The codec in a file that `wlc import-walloc` has made, of whichever class it is, evaluating.

        Raises ValueError for a file that holds none, and what `open` raises for one that cannot be read.
        """
        from .codec_file import load

        return load(Path(path))

    def wavelet_analysis(self, x: torch.Tensor, J: int = 3) -> torch.Tensor:
        """(B, channels, H, W) to (B, channels * 4^J, H / 2^J, W / 2^J), or (B, channels, L) to half of it J times."""
        for _ in range(J):
            x = self.wt(x)
        return x

    def wavelet_synthesis(self, x: torch.Tensor, J: int = 3) -> torch.Tensor:
        for _ in range(J):
            x = self.iwt(x)
        return x

    def packets_of(self, x: torch.Tensor) -> torch.Tensor:
        return self.wavelet_analysis(x, self.J)

    def refine(self, x: torch.Tensor) -> torch.Tensor:
        """What a codec does to samples before they are clamped."""
        return x

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """The signal as it comes back, its mean squared error before clamping, and that of its packets."""
        packets = self.packets_of(x)
        decoded = self.decoder(self.encoder(packets))
        back = self.refine(self.wavelet_synthesis(decoded, self.J))
        return self.clamp(back), F.mse_loss(x, back), F.mse_loss(packets, decoded)

    @property
    def cell(self) -> int:
        return 2**self.J

    @property
    def halvings(self) -> int:
        return self.J

    def codes_of(self, pictures: torch.Tensor) -> torch.Tensor:
        """Pictures of any size in 0..1 to the whole numbers that a file holds. For pictures, not for sound."""
        return self.encoder(self.packets_of(self._padded(pictures) - 0.5))

    def pictures_from(self, codes: torch.Tensor, size: tuple[int, int], halvings: int = 0) -> torch.Tensor:
        """The way back. Where fewer levels are undone, what is left of a picture is the lowest band of its packets."""
        packets = self.decoder(codes)
        bands = self.wavelet_synthesis(packets, self.J - halvings)
        low = bands[:, :: self.bands(halvings)] / 2**halvings
        padded = [places * self.cell for places in codes.shape[-2:]]
        left, _, top, _ = (amount >> halvings for amount in around(size, padded))
        height, width = (-(-side >> halvings) for side in size)
        return self.refine(low[..., top : top + height, left : left + width]).clamp(-0.5, 0.5) + 0.5

    def _padded(self, pictures: torch.Tensor) -> torch.Tensor:
        """As `borders.pad` does it, but for pictures smaller than their border, too."""
        size = pictures.shape[-2:]
        left, right, top, bottom = around(size, [-(-side // self.cell) * self.cell for side in size])
        rows, columns = reflected(-top, size[0] + bottom, size[0]), reflected(-left, size[1] + right, size[1])
        return pictures[..., rows[:, None], columns]

    def _assemble(self, encoder: nn.Module, decoder: nn.Module) -> None:
        """Nets with the bottleneck between them; `encoder[0:2]` gives latents before they are rounded."""
        limits = normal_scale(self.latent_bits), self.latent_max
        self.encoder = nn.Sequential(encoder, ToUniform(*limits), Round())
        self.decoder = nn.Sequential(ToNormal(*limits), decoder)


class Codec2D(Codec):
    """Pictures. `Ne` and `Nd` are the widths of encoder and decoder; a lightweight encoder is one matrix."""

    axes = 2

    def __init__(
        self,
        channels: int,
        J: int,
        Ne: int | None,
        Nd: int,
        latent_dim: int,
        latent_bits: int,
        lightweight_encode: bool,
    ) -> None:
        super().__init__(channels, J, latent_dim, latent_bits)
        self.Ne, self.Nd, self.lightweight_encode = Ne, Nd, lightweight_encode
        packets = channels * self.freq_bands
        encoder = nn.Conv2d(packets, latent_dim, 1) if lightweight_encode else Encoder(packets, latent_dim, Ne)
        self._assemble(encoder, Decoder(latent_dim, packets, Nd))


class Codec1D(Codec):
    """Sound. With `post_filter`, one more filter runs over the samples at the end."""

    axes = 1

    def __init__(
        self,
        channels: int,
        J: int,
        Ne: int | None,
        Nd: int,
        latent_dim: int,
        latent_bits: int,
        lightweight_encode: bool,
        post_filter: bool,
    ) -> None:
        super().__init__(channels, J, latent_dim, latent_bits)
        self.Ne, self.Nd, self.lightweight_encode, self.post_filter = Ne, Nd, lightweight_encode, post_filter
        packets = channels * self.freq_bands
        # The padding is for the decoder's sake, which gives two places less than it gets.
        light = nn.Conv1d(packets, latent_dim, 1, padding=1) if lightweight_encode else None
        self._assemble(light or SoundEncoder(packets, latent_dim, Ne), SoundDecoder(latent_dim, packets, Nd))
        if post_filter:
            self.post = nn.Conv1d(channels, channels, 129, padding=64)

    def refine(self, x: torch.Tensor) -> torch.Tensor:
        return self.post(x) if self.post_filter else x


class Slim2D(Codec):
    """Pictures, for ordinary processors; not in the `walloc` package. `Nd` is the decoder's width."""

    axes = 2

    def __init__(self, channels: int, J: int, Nd: int, blocks: int, latent_dim: int, latent_bits: int) -> None:
        super().__init__(channels, J, latent_dim, latent_bits)
        self.Nd, self.blocks = Nd, blocks
        packets = channels * self.freq_bands
        self._assemble(nn.Conv2d(packets, latent_dim, 1), SlimDecoder(latent_dim, packets, Nd, blocks))


class Walloc(Codec):
    """Pictures, as the first checkpoints have them: one width `N` for both nets, and latents clamped, not squeezed."""

    axes = 2

    def __init__(self, channels: int, J: int, N: int, latent_dim: int, latent_bits: int) -> None:
        super().__init__(channels, J, latent_dim, latent_bits)
        self.N = N
        packets = channels * self.freq_bands
        limit = nn.Hardtanh(-self.latent_max, self.latent_max)
        self.encoder = nn.Sequential(Encoder(packets, latent_dim, N), limit, Round())
        self.decoder = nn.Sequential(Decoder(latent_dim, packets, N))
