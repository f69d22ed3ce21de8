"""Pictures that need no file, and what tests of several parts look at."""

import io
import sys
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageCms


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """Pictures this small gain nothing from more, and lose much where the processor is busy."""
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)


@pytest.fixture(scope="session")
def drawn() -> np.ndarray:
    """(67, 129, 4) of uint8: gradients, a disc, some noise; alpha goes softly up, and then is nothing."""
    height, width = 67, 129
    y, x = np.mgrid[:height, :width]
    samples = np.stack([x * 255 // width, y * 255 // height, 255 - (x + y), 2 * x], axis=-1).astype(np.float64)
    samples[(x - 80) ** 2 + (y - 30) ** 2 < 20**2, :3] = (230, 40, 30)
    samples[..., :3] += np.random.default_rng(5).normal(0, 5, (height, width, 3))
    samples[:, 100:, 3] = 0
    return np.clip(samples, 0, 255).astype(np.uint8)


@pytest.fixture(scope="session")
def rgb(drawn: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(drawn[:, :, :3])


@pytest.fixture
def photo(rgb: np.ndarray) -> Image.Image:
    return Image.fromarray(rgb)


@pytest.fixture(scope="session")
def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.fixture(scope="session")
def saved() -> Callable[..., bytes]:
    """A Pillow image as the bytes of a file."""

    def save(image: Image.Image, format: str, **options: object) -> bytes:
        stream = io.BytesIO()
        image.save(stream, format, **options)
        return stream.getvalue()

    return save


@pytest.fixture(scope="session")
def once_jpeg(drawn: np.ndarray) -> np.ndarray:
    """(67, 129, 3) of uint8 that a JPEG decoder made, with two pixels that somebody changed."""
    kept = io.BytesIO()
    Image.fromarray(drawn[:, :, :3] // 2 + 50).save(kept, "JPEG", quality=92, subsampling=0)
    with Image.open(kept) as image:
        samples = np.array(image)
    samples[[0, 40], [7, 24]] = [[100, 100, 101], [250, 3, 128]]
    return samples


@pytest.fixture(scope="session")
def once_halved(drawn: np.ndarray) -> np.ndarray:
    """(67, 129, 3) of uint8 that a JPEG decoder made from half-size chroma, and a line that somebody drew."""
    kept = io.BytesIO()
    Image.fromarray(drawn[:, :, :3] // 2 + 50).save(kept, "JPEG", quality=92)
    with Image.open(kept) as image:
        samples = np.array(image)
    samples[50, 20:22] = 99, 0, 0
    return samples
