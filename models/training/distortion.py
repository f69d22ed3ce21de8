"""What counts as an error in training: squared error, and if asked for, how far apart pictures are for an encoder."""

from dataclasses import dataclass

import torch

from ..feature_loss import BOTH, FeatureLoss


@dataclass(frozen=True, kw_only=True)
class FeatureSettings:
    """Part of a trainer's settings."""

    features: str | None = None  # the encoder that has a say in what an error is, by its name or path
    features_of: str = BOTH
    feature_weight: float = 100.0  # units of squared error (0..255) that a distance of one is worth


class Distortion:
    """Of pictures (B, 3, H, W) in 0..255, for each picture."""

    def __init__(self, settings: FeatureSettings, device: torch.device) -> None:
        self.weight, self.away = settings.feature_weight, None
        if settings.features:
            self.away = FeatureLoss(settings.features, settings.features_of).to(device)

    def __call__(self, decoded: torch.Tensor, original: torch.Tensor) -> torch.Tensor:
        return self.with_features((decoded - original).square().mean(dim=(1, 2, 3)), lambda: decoded, original)

    def with_features(self, squared_error: torch.Tensor, decoded, original: torch.Tensor) -> torch.Tensor:
        """The same where the squared error is known; `decoded` is called only if pixels are needed."""
        if self.away is None:
            return squared_error
        return squared_error + self.weight * self.away.each(decoded(), original)
