"""Which part of a picture to show: one where detail can be lost, and one where bands and blocks would show."""

import numpy as np
from PIL import Image

_GRID = 16  # windows begin at its multiples
_GENTLE = 20.0  # grey levels that the tones of a window may spread; beyond, an edge would pass for a gradient

Box = tuple[int, int, int, int]  # left, upper, right, lower


def windows(picture: Image.Image, size: int) -> dict[str, Box]:
    """One for "detail" and one for "smooth". A picture too small for two has one, of all that fits."""
    width, height = min(size, picture.width), min(size, picture.height)
    grey = np.asarray(picture.convert("L"), dtype=np.float64)
    lefts = _starts(picture.width, width)
    uppers = _starts(picture.height, height)
    places = [(left, upper) for upper in uppers for left in lefts]
    detail = _mean_over(_fine(grey), places, width, height)
    blurred = _blurred(grey)
    mean = _mean_over(blurred, places, width, height)
    spread = np.sqrt(np.maximum(_mean_over(blurred**2, places, width, height) - mean**2, 0))
    busy = places[int(np.argmax(detail))]
    smoothness = np.minimum(spread, _GENTLE) - 6 * detail
    apart = [abs(x - busy[0]) >= width or abs(y - busy[1]) >= height for x, y in places]
    found = {"detail": _box(busy, width, height)}
    if any(apart):
        smooth = places[int(np.argmax(np.where(apart, smoothness, -np.inf)))]
        found["smooth"] = _box(smooth, width, height)
    return found


def _starts(length: int, window: int) -> list[int]:
    return list(range(0, length - window + 1, _GRID))


def _box(place: tuple[int, int], width: int, height: int) -> Box:
    return place[0], place[1], place[0] + width, place[1] + height


def _fine(grey: np.ndarray) -> np.ndarray:
    """How much each pixel differs from the two before it, held back so that one hard edge is not called detail."""
    down = np.abs(np.diff(grey, axis=0, prepend=grey[:1]))
    right = np.abs(np.diff(grey, axis=1, prepend=grey[:, :1]))
    return np.minimum(down, 32) + np.minimum(right, 32)


def _blurred(grey: np.ndarray) -> np.ndarray:
    """Without anything finer than the grid: what is left over a sky or a cheek is its gradient."""
    small = Image.fromarray(grey.astype(np.uint8)).reduce(_GRID)
    return np.asarray(small.resize(grey.shape[::-1], Image.Resampling.BILINEAR), dtype=np.float64)


def _mean_over(values: np.ndarray, places: list[tuple[int, int]], width: int, height: int) -> np.ndarray:
    table = np.pad(values.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    return np.array(
        [table[y + height, x + width] - table[y, x + width] - table[y + height, x] + table[y, x] for x, y in places]
    ) / (width * height)
