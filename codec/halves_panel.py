"""A picture, its two halves and what comes back of them, side by side."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw

from wlc.halves import Halves, image_of
from wlc.pictures import Picture

AMPLIFIED = 8  # the high half is next to nothing: as it is, one would see an empty grey field
_GAP, _LINE = 8, 16


def draw_panel(picture: Picture, halves: Halves, back: Picture, psnr: float) -> bytes:
    """As PNG. Halves stand in their own size below their names, the fixed wavelets' details one below the other."""
    bands = np.split(halves.high, halves.high.shape[1] // halves.low.shape[1], axis=1)
    columns = [
        ("original", [image_of(picture)]),
        ("low half", [Image.fromarray(halves.low)]),
        (f"high half x {AMPLIFIED}", [_amplified(band) for band in bands]),
        (f"both merged, {psnr:.1f} dB", [image_of(back)]),
    ]
    draw = ImageDraw.Draw(Image.new("RGB", (1, 1)))
    widths = [max(round(draw.textlength(title)), images[0].width) for title, images in columns]
    heights = [sum(image.height + _GAP for image in images) for _, images in columns]
    panel = Image.new("RGB", (sum(widths) + _GAP * (len(columns) + 1), max(heights) + _LINE + _GAP), "white")
    draw, left = ImageDraw.Draw(panel), _GAP
    for (title, images), width in zip(columns, widths, strict=True):
        draw.text((left, _GAP // 2), title, fill="black")
        top = _LINE + _GAP
        for image in images:
            panel.paste(image, (left, top))
            top += image.height + _GAP
        left += width + _GAP
    stream = io.BytesIO()
    panel.save(stream, "PNG")
    return stream.getvalue()


def _amplified(band: np.ndarray) -> Image.Image:
    return Image.fromarray((127.5 + AMPLIFIED * (band - 127.5)).round().clip(0, 255).astype(np.uint8))
