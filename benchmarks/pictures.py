"""The pictures of a benchmark: a folder, in a fixed order, with an identity."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

SUFFIXES = {".png", ".ppm", ".bmp", ".tif", ".tiff", ".webp"}


@dataclass(frozen=True)
class Pictures:
    """Paths, not pixels: a folder may hold more than fits into memory.

    The digest is of names and contents. It keeps results of one set from being taken for another's.
    """

    paths: tuple[Path, ...]
    digest: str

    def __len__(self) -> int:
        return len(self.paths)

    def are_kodak(self) -> bool:
        """Whether published curves, which are of the 24 pictures of Kodak, speak of these."""
        return [path.stem for path in self.paths] == [f"kodim{number:02}" for number in range(1, 25)]

    def __iter__(self) -> Iterator[tuple[str, Image.Image]]:
        for path in self.paths:
            with Image.open(path) as picture:
                yield path.name, in_rgb(picture)


def in_rgb(picture: Image.Image) -> Image.Image:
    """Eight bits a sample, as all codecs here can hold. Pillow would cut 16-bit gray off at 255."""
    if picture.mode.startswith("I"):
        levels = np.asarray(picture).astype(np.int64) // 257
        return Image.fromarray(levels.clip(0, 255).astype(np.uint8)).convert("RGB")
    return picture.convert("RGB")


def pictures_of(folder: Path, first: int | None = None) -> Pictures:
    """All pictures right inside the folder, by name. No JPEG: it would favour whoever imitates JPEG."""
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)[:first]
    if not paths:
        raise FileNotFoundError(f"There is no picture in {folder}; looked for {', '.join(sorted(SUFFIXES))}.")
    return Pictures(tuple(paths), digest_of((path.name, path.read_bytes()) for path in paths))


def digest_of(named: Iterable[tuple[str, bytes]]) -> str:
    digest = hashlib.sha256()
    for name, content in named:
        digest.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    return digest.hexdigest()[:16]
