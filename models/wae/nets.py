"""The learned transform: a picture to a low and a high half, three planes of half its size each, and back.

It begins as a wavelet. The low half is then Haar's, the high half holds the three details of brightness, and the way
back makes the best of that: it is what a camera's half-size colour keeps. Nets on both sides add what they learn. The
encoder's work on the half-size grid, on 2 x 2 pixels at a time, as it is to cost little beside the classifier after it.
"""

from dataclasses import asdict, dataclass

import torch
from torch import nn

PLANES = 3
_PIXELS = 4  # that one place of a half stands for
_MIDDLE = 127.5


@dataclass(frozen=True)
class WaeConfig:
    """The sizes of the nets; stored beside the weights."""

    width: int = 16
    looks: int = 1  # how often the encoder looks around

    def as_dict(self) -> dict:
        return asdict(self)

    @staticmethod
    def from_dict(values: dict) -> "WaeConfig":
        return WaeConfig(**values)


class Encoder(nn.Module):
    """(B, 3, H, W), both sides even, to two halves (B, 3, H/2, W/2)."""

    def __init__(self, config: WaeConfig) -> None:
        super().__init__()
        self.wavelet = nn.Conv2d(PLANES, 2 * PLANES, 2, stride=2, bias=False)
        layers: list[nn.Module] = [nn.Conv2d(PLANES, config.width, 2, stride=2), nn.ReLU()]
        for _ in range(config.looks):
            layers += [_same_size(config.width, config.width), nn.ReLU()]
        self.nets = nn.Sequential(*layers, nn.Conv2d(config.width, 2 * PLANES, 1))
        _start_at_zero(self.nets[-1])
        with torch.no_grad():
            self.wavelet.weight.copy_(_haar().view(2 * PLANES, PLANES, 2, 2))

    def forward(self, picture: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        halves = self.wavelet(picture) + self.nets(picture)
        return halves[:, :PLANES], halves[:, PLANES:]


class Branch(nn.Module):
    """One half to its share of the picture: doubled by a transposed convolution, then three ordinary ones."""

    def __init__(self, width: int, wavelet: torch.Tensor) -> None:
        super().__init__()
        self.wavelet = nn.ConvTranspose2d(PLANES, PLANES, 2, stride=2, bias=False)
        self.nets = nn.Sequential(
            nn.ConvTranspose2d(PLANES, width, 2, stride=2),
            nn.ReLU(),
            _same_size(width, width),
            nn.ReLU(),
            _same_size(width, width),
            nn.ReLU(),
            _same_size(width, PLANES),
        )
        _start_at_zero(self.nets[-1])
        with torch.no_grad():  # (12, 3) to what a transposed convolution wants, (3, 3, 2, 2)
            self.wavelet.weight.copy_(wavelet.view(PLANES, 2, 2, PLANES).permute(3, 0, 1, 2))

    def forward(self, half: torch.Tensor) -> torch.Tensor:
        return self.wavelet(half) + self.nets(half)


class Wae(nn.Module):
    """Encoder and decoder. Pictures and halves are in -1..1, or nearly so."""

    def __init__(self, config: WaeConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        back = torch.linalg.pinv(_haar())
        self.low = Branch(config.width, back[:, :PLANES])
        self.high = Branch(config.width, back[:, PLANES:])

    def split(self, picture: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return self.encoder(picture)

    def merge(self, low: torch.Tensor, high: torch.Tensor) -> torch.Tensor:
        return self.low(low) + self.high(high)


def to_unit(samples: torch.Tensor) -> torch.Tensor:
    """0..255 to -1..1."""
    return samples.float().div(_MIDDLE).sub(1)


def to_samples(unit: torch.Tensor) -> torch.Tensor:
    """The inverse of `to_unit`, not rounded."""
    return unit.add(1).mul(_MIDDLE)


def _same_size(planes_in: int, planes_out: int) -> nn.Conv2d:
    """Beyond the picture its edge goes on: zeros would show as a frame."""
    return nn.Conv2d(planes_in, planes_out, 3, padding=1, padding_mode="replicate")


def _start_at_zero(layer: nn.Conv2d) -> None:
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)


def _haar() -> torch.Tensor:
    """(6, 12): means of each colour, then the details of brightness along rows, along columns and along both."""
    low = torch.kron(torch.eye(PLANES), torch.full((1, _PIXELS), 1 / _PIXELS))
    signs = torch.tensor([[1.0, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]])
    return torch.cat([low, torch.kron(torch.full((1, PLANES), 3**-0.5), signs / _PIXELS)])
