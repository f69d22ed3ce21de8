"""Names beside the points of a scatter, none on another and none on a point."""

from typing import Any

Labelled = tuple[float, float, str, str]  # x, y, name, colour

_AROUND = [  # offset in points, then how the text is aligned to it; the first that is free is taken
    ((8, 0), "left", "center"),
    ((-8, 0), "right", "center"),
    ((0, 8), "center", "bottom"),
    ((0, -8), "center", "top"),
    ((7, 7), "left", "bottom"),
    ((7, -7), "left", "top"),
    ((-7, 7), "right", "bottom"),
    ((-7, -7), "right", "top"),
    *(((0, sign * 8 * step), "center", "bottom" if sign > 0 else "top") for step in (2, 3, 4, 5) for sign in (1, -1)),
]


def place_labels(axes: Any, points: list[Labelled]) -> None:
    """The layout must be final, as pixels decide."""
    from matplotlib.transforms import Bbox

    renderer = axes.figure.canvas.get_renderer()
    frame = axes.get_window_extent(renderer)
    spots = [axes.transData.transform((x, y)) for x, y, _, _ in points]
    taken = [Bbox.from_bounds(x - 8, y - 8, 16, 16) for x, y in spots]
    for number, (x, y, name, colour) in enumerate(points):
        others = taken[:number] + taken[number + 1 :]
        label, cost = None, None
        for offset, across, along in _AROUND:
            attempt = axes.annotate(
                name, (x, y), offset, textcoords="offset points", ha=across, va=along, fontsize=8.5, color=colour
            )
            attempt.set_in_layout(False)
            box = attempt.get_window_extent(renderer)
            outside = max(0, frame.x0 - box.x0) + max(0, box.x1 - frame.x1)
            covered = sum(_overlap(box, other) for other in others) + 20 * outside
            if cost is None or covered < cost:
                if label:
                    label.remove()
                label, cost = attempt, covered
            else:
                attempt.remove()
            if not cost:
                break
        taken.append(label.get_window_extent(renderer))


def _overlap(box: Any, other: Any) -> float:
    across = min(box.x1, other.x1) - max(box.x0, other.x0)
    along = min(box.y1, other.y1) - max(box.y0, other.y0)
    return across * along if across > 0 and along > 0 else 0.0
