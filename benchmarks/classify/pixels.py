"""Pictures as nets take them: those of the files as they are, and those of JPEG files as small as ours."""

import io

import torch
from PIL import Image

from wlc.benchmarks.codecs import Jpeg
from wlc.benchmarks.same_size import nearest_size
from wlc.models.training.classifier_loop import PixelSource
from wlc.models.training.labelled import Example, square


def pixel_source(examples: tuple[Example, ...], side: int) -> PixelSource:
    return source_of([example.data for example in examples], examples, side)


def source_of(files: list[bytes], examples: tuple[Example, ...], side: int) -> PixelSource:
    """What one sees of files that were made of the examples."""
    labels = torch.tensor([example.label for example in examples])
    return PixelSource(torch.stack([square(data, side) for data in files]), labels)


def jpeg_of_size(data: bytes, side: int, budget: int) -> bytes:
    """The picture again, in the finest JPEG file that is no larger than the budget, or in the smallest there is."""
    picture = Image.fromarray(square(data, side).permute(1, 2, 0).numpy())
    return nearest_size(Jpeg(), picture, budget).data


def opened(data: bytes, side: int) -> torch.Tensor:
    """As `square`, for whoever measures what reading takes."""
    with Image.open(io.BytesIO(data)) as image:
        if image.size == (side, side) and image.mode == "RGB":
            pixels = torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8)
            return pixels.view(side, side, 3).permute(2, 0, 1)
    return square(data, side)
