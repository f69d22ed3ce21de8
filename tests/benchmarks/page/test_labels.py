import pytest

from wlc.benchmarks.page.labels import place_labels

pytest.importorskip("matplotlib")


def test_labels_lie_beside_each_other():
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 4))
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    points = [(1.0, 1.0, "one codec", "k"), (1.02, 1.01, "another codec", "k"), (1.04, 1.0, "a third", "k")]
    points += [(0.0, 0.0, "far left", "k"), (2.0, 2.0, "far right", "k")]
    axes.scatter([x for x, *_ in points], [y for _, y, *_ in points])
    figure.draw_without_rendering()
    place_labels(axes, points)
    boxes = [text.get_window_extent() for text in axes.texts]
    assert [text.get_text() for text in axes.texts] == [name for _, _, name, _ in points]
    assert not any(boxes[i].overlaps(boxes[j]) for i in range(5) for j in range(i))
