"""Sets of pictures, as a benchmark over several of them takes: folders, tar files of pictures, single pictures."""

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from PIL import Image

from wlc.benchmarks.pictures import SUFFIXES, Pictures, digest_of, in_rgb, pictures_of


@dataclass(frozen=True)
class _Archived(Pictures):
    """The paths are those in the archive."""

    archive: Path

    def __iter__(self) -> Iterator[tuple[str, Image.Image]]:
        with tarfile.open(self.archive) as archive:
            for path in self.paths:
                with Image.open(archive.extractfile(str(path))) as picture:
                    yield path.name, in_rgb(picture)


def picture_set(source: Path, first: int | None = None) -> Pictures:
    """The pictures of a folder, a tar file or a single file, or so many first ones of them."""
    if source.is_dir():
        return pictures_of(source, first)
    if tarfile.is_tarfile(source):
        return _archived(source, first)
    if source.suffix.lower() not in SUFFIXES:
        raise FileNotFoundError(f"{source} is no folder, no tar file and no lossless picture.")
    return Pictures((source,), digest_of([(source.name, source.read_bytes())]))


def set_name(source: Path) -> str:
    return source.resolve().name if source.is_dir() else source.name.split(".")[0]


def _archived(source: Path, first: int | None) -> Pictures:
    with tarfile.open(source) as archive:
        names = (member.name for member in archive if member.isfile())
        paths = sorted(path for path in map(PurePosixPath, names) if path.suffix.lower() in SUFFIXES)[:first]
        if not paths:
            raise FileNotFoundError(f"There is no picture in {source}; looked for {', '.join(sorted(SUFFIXES))}.")
        digest = digest_of((path.name, archive.extractfile(str(path)).read()) for path in paths)
    return _Archived(tuple(paths), digest, source)
