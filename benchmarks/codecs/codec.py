"""What the benchmark asks of a codec, ours included, and what those that Pillow writes have in common."""

import io
from typing import Protocol

from PIL import Image


class Codec(Protocol):
    name: str  # short, unique in a run
    label: str  # for people
    setting: str  # exactly how it is set, so that a table can repeat it
    qualities: tuple[float, ...]  # spans about 0.1 to 2 bits a pixel of a photograph

    def missing(self) -> str | None:
        """Why this codec cannot run here, as a clause a person can act on; None if it can."""

    def version(self) -> str:
        """Of everything that decides its bytes, so that an old result is never taken for a new one."""

    def encode(self, picture: Image.Image, quality: float) -> bytes: ...

    def decode(self, data: bytes) -> Image.Image:
        """The 8-bit RGB pixels, really decoded: Pillow opens lazily, which would time nothing."""


class ThroughPillow:
    """Written into memory and read back, no files. Threads are left at each library's default."""

    def decode(self, data: bytes) -> Image.Image:
        with Image.open(io.BytesIO(data)) as picture:
            picture.load()
            return picture.convert("RGB")


def saved(picture: Image.Image, file_format: str, **options: object) -> bytes:
    """The whole file; a fresh copy of the pixels goes in, so that no metadata of the source is counted."""
    bare = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    stream = io.BytesIO()
    bare.save(stream, file_format, **options)
    return stream.getvalue()
