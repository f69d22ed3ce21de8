"""A picture that needs no file and has what codecs trip over: a gradient, an edge, a colour, some noise."""

import numpy as np
import pytest
from PIL import Image, ImageOps


@pytest.fixture
def drawn() -> Image.Image:
    height, width = 72, 104
    y, x = np.mgrid[0:height, 0:width]
    channels = np.stack([2 * x, 3 * y, 255 - x - y], axis=-1).astype(np.float64)
    channels[(x - 60) ** 2 + (y - 36) ** 2 < 20**2] = (230, 40, 30)
    channels += np.random.default_rng(7).normal(0, 6, channels.shape)
    return Image.fromarray(np.clip(channels, 0, 255).astype(np.uint8))


@pytest.fixture
def folder(tmp_path, drawn):
    """Two pictures of different sizes, and something that is none."""
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    drawn.save(pictures / "a.png")
    ImageOps.mirror(drawn).crop((0, 0, 50, 40)).save(pictures / "b.png")
    (pictures / "notes.txt").write_text("not a picture")
    return pictures
