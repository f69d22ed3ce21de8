"""Pictures in folders that bear the names of their classes, on a disk or in a tar file.

Where there are `train` and `test` above the classes, they say what is for learning and what for measuring.
"""

import hashlib
import io
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import torch
from PIL import Image, ImageOps

from . import pictures

TRAIN, TEST = "train", "test"


@dataclass(frozen=True)
class Example:
    name: str  # where it lies below the source
    label: int
    data: bytes  # the file


@dataclass(frozen=True)
class Examples:
    classes: tuple[str, ...]
    train: tuple[Example, ...]
    test: tuple[Example, ...]

    def first(self, per_class: int | None) -> "Examples":
        """With so many pictures of each class to learn from; all are kept to measure with."""
        if per_class is None:
            return self
        kept = [[e for e in self.train if e.label == label][:per_class] for label in range(len(self.classes))]
        return Examples(self.classes, tuple(e for some in kept for e in some), self.test)

    def digest(self) -> str:
        digest = hashlib.sha256()
        for example in (*self.train, b"", *self.test):
            digest.update(hashlib.sha256(example.data if example else b"").digest())
        return digest.hexdigest()[:16]


def load(source: Path) -> Examples:
    """Every labelled picture. Raises ValueError where there are no classes to tell apart."""
    parts: dict[str, list[tuple[str, str, bytes]]] = {TRAIN: [], TEST: []}
    found = list(_files(source))
    has_parts = any(path.parts[0] == TRAIN and len(path.parts) > 2 for path, _ in found)
    for path, data in found:
        part, *rest = path.parts if has_parts else (TRAIN, *path.parts)
        if part in parts and len(rest) > 1:
            parts[part].append((rest[0], str(path), data))
    classes = tuple(sorted({name for name, _, _ in parts[TRAIN]}))
    if len(classes) < 2:
        raise ValueError(f"{source} has no sub-folders with pictures of two classes or more")
    unknown = sorted({name for name, _, _ in parts[TEST]} - set(classes))
    if unknown:
        raise ValueError(f"{source} has pictures of {unknown[0]} to test with, but none to learn from")
    return Examples(
        classes, *(tuple(Example(path, classes.index(c), data) for c, path, data in parts[p]) for p in (TRAIN, TEST))
    )


def training_pictures(sources: Iterable[Path]) -> tuple[list[torch.Tensor], str]:
    """Like `pictures.load`, without what lies in a folder `test` next to one named `train`."""
    blobs: list[bytes] = []
    for source in sources:
        found = list(_files(source))
        has_parts = any(path.parts[0] == TRAIN for path, _ in found)
        blobs.extend(data for path, data in found if not has_parts or path.parts[0] == TRAIN)
    digest = hashlib.sha256(b"".join(hashlib.sha256(blob).digest() for blob in blobs))
    return [piece for blob in blobs for piece in pictures.decode(blob)], digest.hexdigest()[:16]


def square(data: bytes, side: int) -> torch.Tensor:
    """A picture as (3, side, side) uint8: its largest square in the middle, at another size where it has one."""
    with Image.open(io.BytesIO(data)) as image:
        rgb = image.convert("RGB")
    if rgb.size != (side, side):
        rgb = ImageOps.fit(rgb, (side, side), Image.Resampling.BICUBIC)
    pixels = torch.frombuffer(bytearray(rgb.tobytes()), dtype=torch.uint8)
    return pixels.view(side, side, 3).permute(2, 0, 1).contiguous()


def _files(source: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    """In the order of their paths."""
    if source.is_dir():
        for path in sorted(source.rglob("*")):
            if path.suffix.lower() in pictures.SUFFIXES:
                yield PurePosixPath(path.relative_to(source).as_posix()), path.read_bytes()
        return
    with tarfile.open(source) as archive:
        for member in sorted(archive.getmembers(), key=lambda member: member.name):
            path = PurePosixPath(member.name)
            if member.isfile() and path.suffix.lower() in pictures.SUFFIXES:
                yield path, archive.extractfile(member).read()
