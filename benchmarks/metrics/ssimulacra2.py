"""SSIMULACRA 2: of the measures that need no person, one that agrees best with what people see."""

import importlib
import io

from PIL import Image

_TOO_SMALL = 8  # the metric leaves out every scale smaller than this, and calls a picture without any scale perfect


def missing() -> str | None:
    try:
        importlib.import_module("ssimulacra2")
    except ImportError:
        return "ssimulacra2 is not installed: pip install -c constraints.txt '.[bench]'"
    return None


def ssimulacra2(original: Image.Image, decoded: Image.Image) -> float | None:
    """100 for equal pictures, about 90 where no difference is seen, 70 good, 50 fair, and below 0 for the worst.

    None for less than 8 pixels a side. All six scales take part from 225 pixels a side; below that a value is
    comparable only with values of pictures of that size.
    """
    if min(original.size) < _TOO_SMALL:
        return None
    from ssimulacra2 import compute_ssimulacra2

    return float(compute_ssimulacra2(_file(original), _file(decoded)))


def _file(picture: Image.Image) -> io.BytesIO:
    """The package reads files. An uncompressed one in memory costs nothing."""
    stream = io.BytesIO()
    picture.save(stream, "BMP")
    stream.seek(0)
    return stream
