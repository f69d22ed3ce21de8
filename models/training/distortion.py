"""What counts as an error in training: squared error, and if asked for, what an encoder or MS-SSIM say of pictures."""

from dataclasses import dataclass

import torch

from ..feature_loss import BOTH, FeatureLoss

MS_SSIM_CROP = 161  # pixels a side: its window of 11 has to fit in after four halvings

# Units of squared error (0..255) that a loss of all MS-SSIM is worth. From one quality to the next, the weights `photo`
# lose 1510 to 2080 of the former for 1 of the latter, wherever people use them (docs/model.md): at this price both
# matter about equally, whatever the quality, and a quality goes on to mean about the same size.
_MS_SSIM_WORTH = 1750.0


@dataclass(frozen=True, kw_only=True)
class DistortionSettings:
    """Part of a trainer's settings."""

    features: str | None = None  # the encoder that has a say in what an error is, by its name or path
    features_of: str = BOTH
    feature_weight: float = 100.0  # units of squared error (0..255) that a distance of one is worth
    ms_ssim_share: float = 0.0  # of the error that 1 - MS-SSIM stands for, in place of squared error


class Distortion:
    """Of pictures (B, 3, H, W) in 0..255, for each picture."""

    def __init__(self, settings: DistortionSettings, device: torch.device) -> None:
        self.weight, self.away = settings.feature_weight, None
        if settings.features:
            self.away = FeatureLoss(settings.features, settings.features_of).to(device)
        self.share, self.ms_ssim = settings.ms_ssim_share, None
        if self.share:
            self.ms_ssim = _ms_ssim()

    @property
    def smallest(self) -> int:
        """Pixels a side that pictures need."""
        return MS_SSIM_CROP if self.ms_ssim else 1

    def __call__(self, decoded: torch.Tensor, original: torch.Tensor) -> torch.Tensor:
        return self.beyond((decoded - original).square().mean(dim=(1, 2, 3)), lambda: decoded, original)

    def beyond(self, squared_error: torch.Tensor, decoded, original: torch.Tensor) -> torch.Tensor:
        """The same where the squared error is known; `decoded` is called only if pixels are needed."""
        if self.away is None and self.ms_ssim is None:
            return squared_error
        pixels, error = decoded(), squared_error
        if self.ms_ssim:
            unlike = 1 - self.ms_ssim(pixels.float(), original.float(), data_range=255, size_average=False)
            error = (1 - self.share) * error + self.share * _MS_SSIM_WORTH * unlike
        return error if self.away is None else error + self.weight * self.away.each(pixels, original)


def _ms_ssim():
    """By the package that publications use, which only this kind of training needs."""
    try:
        from pytorch_msssim import ms_ssim
    except ImportError:
        raise ValueError("pytorch-msssim is not installed: pip install -c constraints.txt '.[train]'") from None
    return ms_ssim
