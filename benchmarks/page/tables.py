"""A table of text, before it is HTML or markdown, and how its numbers are written."""

from collections.abc import Sequence
from dataclasses import dataclass

NOTHING = "–"
_MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Cell:
    text: str
    hint: str = ""  # more about it, for whoever points at it
    tone: str = ""  # "fewer" bits or "more", of whom the row or column is about


@dataclass(frozen=True)
class Table:
    name: str  # an anchor in the page
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    words: int = 1  # so many columns at the left are words, the others numbers
    marked_rows: frozenset[int] = frozenset()
    marked_column: int | None = None
    long: bool = False  # only for whoever wants to look something up


def cells(texts: Sequence[str]) -> tuple[Cell, ...]:
    return tuple(Cell(text) for text in texts)


def number(value: float | None, digits: int) -> str:
    """Infinity is the PSNR of equal pictures."""
    if value is None or value != value:
        return NOTHING
    if value in (float("inf"), float("-inf")):
        return "∞" if value > 0 else f"{_MINUS}∞"
    return f"{value:.{digits}f}".replace("-", _MINUS)


def signed(value: float | None, digits: int) -> str:
    """With its sign, unless it rounds to zero."""
    if value is None:
        return NOTHING
    text = f"{value:+.{digits}f}"
    return text[1:] if not float(text) else text.replace("-", _MINUS)


def speed(value: float | None) -> str:
    """Megapixels a second, with as many digits as seconds on a clock deserve."""
    if value is None:
        return NOTHING
    return number(value, 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 0.1 else 3)


def delta(percent: float | None, hint: str = "", more_is_better: bool = False) -> Cell:
    """A difference, toned when it is one. For a gain in quality, more is what fewer is for bits."""
    if percent is None:
        return Cell(NOTHING, hint)
    better = percent > 0 if more_is_better else percent < 0
    digits = 2 if more_is_better else 1
    tone = "" if not round(percent, digits) else "fewer" if better else "more"
    return Cell(signed(percent, digits), hint, tone)


def memory(size: int | None) -> str:
    return NOTHING if size is None else f"{size / 2**20:,.0f}"
