"""Crops as lossy formats kept them: luma and two chromas, whole numbers, the chromas often at half the size.

Many pictures that someone wants to keep without loss were a JPEG before, or a frame, or a scan in another luma and
chroma format. `origins.py` finds that out and gives the nets what was stored then, so this is what they learn on.
"""

import io

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F

_JPEG = 0.5  # share of crops that a real JPEG coder makes
_QUALITIES = 60, 98
# Luma, blueness, redness in units of what is stored: full range, that of video and WebP, that of Photo CD.
_SCALES = (1.0, 1.0, 1.0), (219 / 255, 224 / 255, 224 / 255), (1 / 1.3584, 1.772 / 2.2179, 1.402 / 1.8215)
_WHOLE_CHROMA = 0.25
_TO_LUMA_CHROMA = ((0.299, 0.587, 0.114), (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312))


def as_once_stored(crop: torch.Tensor, random: torch.Generator) -> torch.Tensor:
    """(3, h, w) in 0..255 to planes (3, h, w) of whole numbers, the chromas about 0."""
    if _uniform(random) < _JPEG:
        return _through_jpeg(crop, random)
    scales = _SCALES[int(torch.randint(len(_SCALES), (), generator=random))]
    matrix = torch.tensor(_TO_LUMA_CHROMA) * torch.tensor(scales)[:, None]
    luma, *chromas = torch.einsum("ij,jhw->ihw", matrix.to(crop), crop)
    chroma = torch.stack(chromas)[None]
    height, width = luma.shape
    if _uniform(random) >= _WHOLE_CHROMA:
        whole = F.pad(chroma, (0, width % 2, 0, height % 2), mode="replicate")
        halved = F.avg_pool2d(whole, 2).round()
        chroma = _ENLARGED[int(torch.randint(len(_ENLARGED), (), generator=random))](halved)
    return torch.cat([luma[None], chroma[0, :, :height, :width]]).round()


def _through_jpeg(crop: torch.Tensor, random: torch.Generator) -> torch.Tensor:
    quality = int(torch.randint(*_QUALITIES, (), generator=random))
    subsampling = int(torch.randint(3, (), generator=random))
    kept = io.BytesIO()
    pixels = crop.clamp(0, 255).byte().permute(1, 2, 0).cpu().numpy()
    Image.fromarray(pixels).save(kept, "JPEG", quality=quality, subsampling=subsampling)
    with Image.open(kept) as image:
        image.draft("YCbCr", image.size)
        stored = torch.from_numpy(np.array(image)).permute(2, 0, 1).to(crop)
    stored[1:] -= 128
    return stored


def _between(halved: torch.Tensor) -> torch.Tensor:
    """A stored sample lies between four places."""
    return F.interpolate(halved, scale_factor=2.0, mode="bilinear", align_corners=False)


def _at_even_places(halved: torch.Tensor) -> torch.Tensor:
    """A stored sample lies at every second place of every second row, and the others are means."""
    height, width = halved.shape[-2:]
    padded = F.pad(halved, (0, 1, 0, 1), mode="replicate")
    larger = F.interpolate(padded, (2 * height + 1, 2 * width + 1), mode="bilinear", align_corners=True)
    return larger[..., :-1, :-1]


def _repeated(halved: torch.Tensor) -> torch.Tensor:
    return F.interpolate(halved, scale_factor=2.0, mode="nearest")


_ENLARGED = _between, _at_even_places, _repeated


def _uniform(random: torch.Generator) -> float:
    return torch.rand((), generator=random).item()
