"""Where a command puts a PNG that it makes."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

from wlc import files
from wlc.bitstream.errors import WlcError
from wlc.cli.jobs import about

if TYPE_CHECKING:
    from PIL import Image


def refuse_target(target: str, what: str, *, force: bool) -> None:
    """Raise what is wrong with it before anything is computed. `what` begins the sentence, as in "the panel is a"."""
    with about(target):
        if os.path.splitext(target)[1].lower() not in ("", ".png"):
            raise WlcError(f"{what} PNG; give it a name that ends in .png")
        files.refuse_target(target, force=force)


def write(image: Image.Image, target: str, *, force: bool) -> None:
    stream = io.BytesIO()
    image.save(stream, "PNG")
    with about(target):
        files.write_bytes(target, stream.getvalue(), force=force)
