"""Crops in rows, one column a codec. The original lies behind each picture, so that one can look back and forth."""

from collections.abc import Sequence
from html import escape

from PIL import Image

from .contact_sheet import by_rate, encoded
from .crops import EXPLANATION, Crop
from .html_figures import data_uri
from .tables import number


def crop_rows(crops: Sequence[Crop]) -> str:
    if not crops:
        return ""
    parts = [f"<p>{EXPLANATION} Point at a picture, or touch it, to see the original in its place.</p>\n"]
    for rate, some in by_rate(crops).items():
        parts.append(f"<h3>About {rate:g} bits per pixel</h3>\n")
        parts += [_crop_row(crop) for crop in some]
    return "".join(parts)


def _crop_row(crop: Crop) -> str:
    kind = {"detail": "much detail", "smooth": "smooth tones"}.get(crop.kind, crop.kind)
    original = _png(crop.original)
    style = (
        f"--columns:{1 + len(crop.shown)};--shape:{crop.original.width}/{crop.original.height};"
        f"--original:url({original})"
    )
    figures = [_figure(original, crop.picture_name, "Original", "")]
    for shown in crop.shown:
        size = f"{shown.bpp:.3f} bpp, {number(shown.psnr, 2)} dB" + ("" if shown.within_budget else ", its smallest")
        figures.append(_figure(_png(shown.picture), crop.picture_name, shown.label, size))
    heading = f"<h4>{escape(crop.picture_name)}, {escape(kind)}</h4>"
    return f'<div class="row" style="{style}">{heading}{"".join(figures)}</div>\n'


def _figure(source: str, picture: str, label: str, caption: str) -> str:
    return (
        f'<figure><div class="view" tabindex="0"><img src="{source}" alt="{escape(f"{picture}: {label}")}"></div>'
        f"<figcaption><b>{escape(label)}</b>{escape(caption)}</figcaption></figure>"
    )


def _png(picture: Image.Image) -> str:
    return data_uri("image/png", encoded(picture, "PNG", optimize=True))
