"""How things look: two themes, and for each codec one colour and one marker that are the same in every figure.

Colours follow Okabe and Ito, who chose theirs for the colour-blind; the marker tells codecs apart without any colour.
wlc alone is warm, thick and drawn on top.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Theme:
    name: str
    background: str
    text: str
    muted: str
    grid: str


LIGHT = Theme("light", "#ffffff", "#1c1e21", "#5d636b", "#e4e6ea")
DARK = Theme("dark", "#15171a", "#e8eaed", "#a2a8b0", "#2c3036")
THEMES = (LIGHT, DARK)


@dataclass(frozen=True)
class Look:
    colour: str
    marker: str
    dash: str | tuple
    width: float
    filled: bool


_FAMILIES = {  # beginning of a codec's name: colour in light, colour in dark, marker
    "wlc": ("#d1450b", "#ff8345", "o"),
    "avif": ("#0072b2", "#56aeea", "s"),
    "jxl": ("#a8458c", "#e58fc8", "D"),
    "webp": ("#00865f", "#2fc79b", "^"),
    "jp2": ("#a67c00", "#ecc044", "v"),
    "jpeg": ("#5f6570", "#b4bac4", "X"),
}
_OTHERS = (("#4b3fb5", "#a59bff", "P"), ("#7a4a1e", "#d3a678", "<"), ("#00798a", "#4fd0e0", ">"))
_VARIANTS = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (5, 1.5, 1.5, 1.5)))

_PUBLISHED = {
    "light": ("#6f7787", "#9a8458", "#5d8a70", "#937099"),
    "dark": ("#8d96a8", "#b9a274", "#7ba88d", "#b08fb6"),
}
_PUBLISHED_DASHES = ((4, 2), (1.5, 1.5), (6, 1.5, 1.5, 1.5), (9, 2.5))


def codec_looks(names: Sequence[str], theme: Theme) -> dict[str, Look]:
    """Variants of a codec share its colour and marker; they differ in dashes, and their markers are hollow."""
    looks: dict[str, Look] = {}
    seen: dict[str, int] = {}
    for name in names:
        family = next((known for known in _FAMILIES if name == known or name.startswith(known + "-")), name)
        number = seen[family] = seen.get(family, -1) + 1
        strangers = [known for known in seen if known not in _FAMILIES]
        light, dark, marker = _FAMILIES.get(family) or _OTHERS[strangers.index(family) % len(_OTHERS)]
        looks[name] = Look(
            colour=dark if theme is DARK else light,
            marker=marker,
            dash=_VARIANTS[number % len(_VARIANTS)],
            width=2.6 if family == "wlc" and number == 0 else 1.5,
            filled=number == 0,
        )
    return looks


def published_looks(names: Sequence[str], theme: Theme) -> dict[str, Look]:
    """Muted, thin and dashed, so that what was measured here stands in front."""
    colours = _PUBLISHED[theme.name]
    return {
        name: Look(colours[i % 4], "", (0, _PUBLISHED_DASHES[(i + i // 4) % 4]), width=1.0, filled=False)
        for i, name in enumerate(names)
    }
