"""The crops of one rate as a single picture, for where there is no page to lay them out."""

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from .crops import Crop
from .tables import number

_GROUND, _WRITING, _QUIET = "#1d1f22", "#f0f1f3", "#a9afb7"  # as around a light table: goes with either theme
_GAP, _LINE, _LETTERS = 8, 17, 13


def contact_sheet(crops: Sequence[Crop]) -> Image.Image:
    """A row a crop, a column a codec. Above each picture stands what it cost and what it reached."""
    columns = 1 + max(len(crop.shown) for crop in crops)
    cell = max(max(crop.original.width for crop in crops), 150)
    heights = [crop.original.height + 2 * _LINE + _GAP for crop in crops]
    sheet = Image.new("RGB", (columns * (cell + _GAP) + _GAP, sum(heights) + _GAP), _GROUND)
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(_LETTERS)
    top = _GAP
    for crop, height in zip(crops, heights, strict=True):
        titles = [(crop.picture_name, f"original, {crop.kind}")]
        titles += [(shown.label, f"{shown.bpp:.3f} bpp, {number(shown.psnr, 2)} dB") for shown in crop.shown]
        pictures = [crop.original, *(shown.picture for shown in crop.shown)]
        for column, (title, picture) in enumerate(zip(titles, pictures, strict=True)):
            left = _GAP + column * (cell + _GAP)
            pen.text((left, top), _fitting(title[0], font, cell), _WRITING, font)
            pen.text((left, top + _LINE - 1), title[1], _QUIET, font)
            sheet.paste(picture, (left, top + 2 * _LINE))
        top += height
    return sheet


def _fitting(text: str, font: ImageFont.ImageFont, width: int) -> str:
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(text + "…") > width:
        text = text[:-1]
    return text + "…"


def encoded(sheet: Image.Image, file_format: str, **options: object) -> bytes:
    stream = io.BytesIO()
    sheet.save(stream, file_format, **options)
    return stream.getvalue()


def by_rate(crops: Sequence[Crop]) -> dict[float, list[Crop]]:
    rates = dict.fromkeys(crop.rate for crop in crops)
    return {rate: [crop for crop in crops if crop.rate == rate] for rate in rates}
