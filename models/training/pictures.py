"""Training pictures in memory as 8-bit tensors, and random crops of them."""

import hashlib
import io
import math
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from PIL import Image
from torch.nn import functional as F

from .cameras import LARGEST_SCALE, as_delivered

SUFFIXES = {".png", ".webp", ".avif", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".ppm", ".jxl"}
_SMALLEST_SCALE = 0.6
_RESCALED = 0.3  # share of crops that are scaled down first, for variety
_GREY = 0.02  # share of crops without colour, which are common among real pictures and rare among photographs
_CUT = 1024  # larger pictures are cut up on loading, so that each piece is drawn as often as a small picture


def load(sources: list[Path], threads: int = 2) -> tuple[list[torch.Tensor], str]:
    """Every picture in the folders and tar files, as (3, H, W) uint8, and a hash of their bytes."""
    digest = hashlib.sha256()
    pictures: list[torch.Tensor] = []
    with ThreadPoolExecutor(threads) as pool:
        for source in sources:
            blobs = list(_blobs(source))
            for blob in blobs:
                digest.update(hashlib.sha256(blob).digest())
            for pieces in pool.map(decode, blobs):
                pictures.extend(pieces)
    return pictures, digest.hexdigest()[:16]


def _blobs(source: Path) -> Iterator[bytes]:
    if source.is_dir():
        for path in sorted(source.rglob("*")):
            if path.suffix.lower() in SUFFIXES:
                yield path.read_bytes()
        return
    with tarfile.open(source) as archive:
        for member in sorted(archive.getmembers(), key=lambda member: member.name):
            if member.isfile() and Path(member.name).suffix.lower() in SUFFIXES:
                yield archive.extractfile(member).read()


def decode(blob: bytes) -> list[torch.Tensor]:
    """As (3, H, W) uint8, large ones in pieces."""
    with Image.open(io.BytesIO(blob)) as image:
        rgb = image.convert("RGB")
    width, height = rgb.size
    pixels = torch.frombuffer(bytearray(rgb.tobytes()), dtype=torch.uint8)
    picture = pixels.view(height, width, 3).permute(2, 0, 1).contiguous()
    rows = range(0, max(height - _CUT // 2, 1), _CUT)
    columns = range(0, max(width - _CUT // 2, 1), _CUT)
    return [picture[:, y : y + _CUT, x : x + _CUT].clone() for y in rows for x in columns]


class Crops:
    """Draws random square crops: position, flips, transposition, and now and then a smaller scale."""

    def __init__(
        self, pictures: list[torch.Tensor], size: int, seed: int, device: str = "cpu", cameras: float = 0.0
    ) -> None:
        """The pictures are kept on the device as bytes, so that a fast one never waits for them. A share of the crops
        is made to look as `cameras` deliver pictures."""
        self.pictures = [picture.to(device) for picture in pictures if min(picture.shape[1:]) >= size]
        if size < 1 or not self.pictures:
            raise ValueError(f"none of the pictures has {size} pixels a side")
        self.size, self.cameras = size, cameras
        self.random = torch.Generator().manual_seed(seed)

    def draw(self) -> torch.Tensor:
        """One crop, (3, size, size) float in 0..255."""
        picture = self.pictures[self._below(len(self.pictures))]
        limit = min(picture.shape[1:])
        side = self.size
        delivered = self.cameras > 0 and self._uniform() < self.cameras
        if delivered:
            side = math.ceil(self.size / (1 + (LARGEST_SCALE - 1) * self._uniform()))
        elif self._uniform() < _RESCALED:
            scale = _SMALLEST_SCALE + (1 - _SMALLEST_SCALE) * self._uniform()
            side = min(math.ceil(self.size / scale), limit)
        y, x = (self._below(extent - side + 1) for extent in picture.shape[1:])
        crop = picture[:, y : y + side, x : x + side].float()
        if delivered:
            crop = as_delivered(crop, self.size, self.random)
        elif side > self.size:
            crop = F.interpolate(crop[None], self.size, mode="bicubic", antialias=True)[0].round().clamp(0, 255)
        if self._uniform() < _GREY:
            crop = crop.mean(0, keepdim=True).round().expand(3, -1, -1)
        if self._uniform() < 0.5:
            crop = crop.flip(-1)
        if self._uniform() < 0.5:
            crop = crop.flip(-2)
        return crop.transpose(-1, -2) if self._uniform() < 0.5 else crop

    def _uniform(self) -> float:
        return torch.rand((), generator=self.random).item()

    def _below(self, limit: int) -> int:
        return int(torch.randint(limit, (), generator=self.random))
