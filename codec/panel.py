"""The latents of a file on one picture: all channels or one of them, what groups cost, how symbols are spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from wlc import views
from wlc.bitstream.head import ONE_QUALITY
from wlc.coded_groups import CodedGroup, CodedGroups
from wlc.search import nearest_quality

PCA = "pca"

_MARGIN, _GAP, _LINE = 14, 2, 15
_COLUMNS, _CELL = 18, 56  # 18 is six bands of three planes each
_WIDTH = _COLUMNS * (_CELL + _GAP) - _GAP  # of the channels
_CHARTS = 300  # pixels that they are wide
_BAR = 14
_MOST = 8  # magnitudes with a bar of their own
_HISTOGRAM_HEIGHT = 160
_PAPER, _INK, _BARS = (232, 238, 248), (30, 30, 30), (70, 110, 160)  # no channel has the colour of the paper


@dataclass(frozen=True)
class View:
    """How planes are shown. A channel is its number, coarse to fine, or "pca" for the first principal component of
    those on the finest grid; without one, all are shown side by side."""

    stretch: str = views.PERCENTILES
    equalise: bool = False
    clahe: bool = False
    channel: int | str | None = None

    def of(self, plane: np.ndarray) -> Image.Image:
        shown = views.stretched(plane, self.stretch)
        if self.equalise:
            shown = views.equalised(shown)
        if self.clahe:
            shown = views.locally_equalised(shown)
        return Image.fromarray(np.rint(shown * 255).astype(np.uint8))


def draw_panel(coded: CodedGroups, view: View, name: str) -> Image.Image:
    """Raises ValueError for a channel that is not there."""
    if view.channel is None:
        left, symbols = _mosaic(coded.groups, view), [one.symbols for one in coded.groups]
    else:
        left, symbols = _one_channel(coded.groups, view)
    right = _below_one_another([_bit_chart(coded), _histogram(symbols)], _CHARTS)
    height = max(left.height, right.height)
    panel = Image.new("RGB", (3 * _MARGIN + left.width + _CHARTS, 3 * _MARGIN + _LINE + height), _PAPER)
    _write(panel, (_MARGIN, _MARGIN), _title(coded, name))
    panel.paste(left, (_MARGIN, 2 * _MARGIN + _LINE))
    panel.paste(right, (2 * _MARGIN + left.width, 2 * _MARGIN + _LINE))
    return panel


def _title(coded: CodedGroups, name: str) -> str:
    head = coded.head
    quality = "" if head.hints & ONE_QUALITY else f"quality {nearest_quality(head.rate_index)}, "
    return f"{name}: {head.width}x{head.height}, {quality}{coded.size:,} bytes"


def _mosaic(groups: Sequence[CodedGroup], view: View) -> Image.Image:
    """Every channel, group by group; a row has the planes of six bands."""
    parts, first = [], 0
    for one in groups:
        last = first + len(one.symbols) - 1
        parts += [_text_line(f"channels {first} to {last}, at {_scale(one)}"), _thumbnails(one.symbols, view)]
        first = last + 1
    return _below_one_another(parts, _WIDTH)


def _thumbnails(planes: np.ndarray, view: View) -> Image.Image:
    size = _fitted(planes.shape[1:], _CELL)
    rows = -(-len(planes) // _COLUMNS)
    sheet = Image.new("RGB", (_WIDTH, rows * (size[1] + _GAP)), _PAPER)
    for number, plane in enumerate(planes):
        row, column = divmod(number, _COLUMNS)
        sheet.paste(_resized(view.of(plane), size), (column * (_CELL + _GAP), row * (size[1] + _GAP)))
    return sheet


def _one_channel(groups: Sequence[CodedGroup], view: View) -> tuple[Image.Image, list[np.ndarray]]:
    """The picture of it, and the symbols that it was made of."""
    if view.channel == PCA:
        finest = [one.symbols for one in groups if one.cell == groups[-1].cell]
        plane, symbols = views.principal_component(np.concatenate(finest)), finest
        caption = f"first principal component of {sum(map(len, finest))} channels, at {_scale(groups[-1])}"
    else:
        one, number = _group_with(groups, view.channel)
        plane = one.symbols[number]
        symbols, caption = [plane], f"channel {view.channel}, at {_scale(one)}"
    picture = _resized(view.of(plane), _fitted(plane.shape, _WIDTH)).convert("RGB")
    return _below_one_another([_text_line(caption), picture], _WIDTH), symbols


def _group_with(groups: Sequence[CodedGroup], channel: int) -> tuple[CodedGroup, int]:
    number = channel
    for one in groups:
        if 0 <= number < len(one.symbols):
            return one, number
        number -= len(one.symbols)
    count = sum(len(one.symbols) for one in groups)
    raise ValueError(f"there is no channel {channel}: here they are 0 to {count - 1}")


def _bit_chart(coded: CodedGroups) -> Image.Image:
    """A bar a group."""
    pixels = coded.head.width * coded.head.height
    most = max(one.bits for one in coded.groups)
    chart = Image.new("RGB", (_CHARTS, _LINE + len(coded.groups) * (_LINE + _BAR + _GAP)), _PAPER)
    draw = ImageDraw.Draw(chart)
    total = sum(one.bits for one in coded.groups)
    _write(chart, (0, 0), f"bits per group: {total / pixels:.3f} bpp in all")
    for number, one in enumerate(coded.groups):
        top = _LINE + number * (_LINE + _BAR + _GAP)
        share = f"{one.bits / 8:,.0f} bytes, {one.bits / pixels:.3f} bpp"
        _write(chart, (0, top), f"{len(one.symbols)} channels at {_scale(one)}: {share}")
        length = max(1, round(one.bits / most * (_CHARTS - 1)))
        draw.rectangle((0, top + _LINE, length, top + _LINE + _BAR - _GAP - 1), fill=_BARS)
    return chart


def _histogram(symbols: list[np.ndarray]) -> Image.Image:
    """Logarithmic, as most symbols are zero."""
    counts = views.histogram(symbols, _MOST)
    chart = Image.new("RGB", (_CHARTS, 2 * _LINE + _MARGIN + _HISTOGRAM_HEIGHT), _PAPER)
    draw = ImageDraw.Draw(chart)
    _write(chart, (0, _MARGIN), f"symbols, logarithmic: {counts[_MOST] / counts.sum():.1%} are zero")
    bottom = _LINE + _MARGIN + _HISTOGRAM_HEIGHT
    width = _CHARTS // len(counts)
    heights = np.log1p(counts) / np.log1p(counts.max()) * (_HISTOGRAM_HEIGHT - _GAP)
    for number, height in enumerate(heights):
        if height:
            left = number * width
            draw.rectangle((left, bottom - round(height), left + width - _GAP - 1, bottom - 1), fill=_BARS)
    for number in (0, _MOST, 2 * _MOST):
        beyond = {0: " and less", 2 * _MOST: " up"}.get(number, "")
        _write(chart, (number * width, bottom), f"{number - _MOST}{beyond}")
    return chart


def _scale(one: CodedGroup) -> str:
    return f"1/{one.cell}"


def _fitted(shape: tuple[int, ...], side: int) -> tuple[int, int]:
    """Width and height of a plane whose longer side becomes so many pixels."""
    height, width = shape
    longer = max(height, width)
    return max(1, width * side // longer), max(1, height * side // longer)


def _resized(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Larger ones keep their places as squares, smaller ones are averaged."""
    return image.resize(size, Image.Resampling.NEAREST if size[0] >= image.width else Image.Resampling.BOX)


def _below_one_another(parts: Sequence[Image.Image], width: int) -> Image.Image:
    whole = Image.new("RGB", (width, sum(part.height for part in parts)), _PAPER)
    top = 0
    for part in parts:
        whole.paste(part, (0, top))
        top += part.height
    return whole


def _text_line(text: str) -> Image.Image:
    line = Image.new("RGB", (_WIDTH, _LINE), _PAPER)
    _write(line, (0, 0), text)
    return line


def _write(image: Image.Image, place: tuple[int, int], text: str) -> None:
    """Pillow's own letters are there everywhere, and are those of English."""
    text = text.encode("ascii", "replace").decode()
    ImageDraw.Draw(image).text(place, text, fill=_INK, font=ImageFont.load_default())
