"""A picture large enough for five scales, and what JPEG makes of it."""

import io
from collections.abc import Callable

import pytest
from PIL import Image


@pytest.fixture
def larger(drawn) -> Image.Image:
    return drawn.resize((208, 176))


@pytest.fixture
def as_jpeg() -> Callable[[Image.Image, int], Image.Image]:
    def there_and_back(picture: Image.Image, quality: int) -> Image.Image:
        stream = io.BytesIO()
        picture.save(stream, "JPEG", quality=quality)
        return Image.open(stream).convert("RGB")

    return there_and_back
