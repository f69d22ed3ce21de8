import io
import math
import sys
from xml.etree import ElementTree

import pytest
from PIL import Image

from wlc.benchmarks.page.plots import plots
from wlc.benchmarks.page.style import DARK, LIGHT

pytest.importorskip("matplotlib")


def test_there_is_a_figure_for_everything_that_was_measured(usual):
    names = ["rd-psnr", "rd-psnr-linear", "rd-ms-ssim", "rd-ssimulacra2", "speed"]
    assert [plot.name for plot in plots(usual)] == names


def test_and_none_for_what_was_not(curve, run):
    alone = run(curve("wlc", "wlc", metrics=False))
    assert [plot.name for plot in plots(alone)] == ["rd-psnr", "rd-psnr-linear"]
    assert plots(run()) == []


def test_figures_are_pictures_in_both_themes_and_the_same_each_time(usual):
    for plot in (plots(usual)[0], plots(usual)[-1]):
        corners = []
        for theme in (LIGHT, DARK):
            png = plot.draw(theme, "png")
            with Image.open(io.BytesIO(png)) as picture:
                corners.append(picture.convert("RGB").getpixel((0, 0)))
            assert len(png) < 150_000
            svg = plot.draw(theme, "svg")
            assert ElementTree.fromstring(svg).tag.endswith("svg")
            assert svg == plot.draw(theme, "svg")
        assert min(corners[0]) > 240 and max(corners[1]) < 40


def test_hard_cases_can_be_drawn(curve, run):
    cases = [
        run(curve("wlc", "wlc", psnrs=(28, 31, 34, math.inf))),
        run(curve("wlc", "costs $5 and $6_x"), curve("jpeg", "<b>&", 2)),
        run(curve("wlc", "wlc", psnrs=(30, 30, 30, 30))),
        run(curve("wlc", "wlc"), published={f"published {i}": [(0.1, 30.0), (5.0, 40.0)] for i in range(60)}),
        run(curve("wlc", "wlc").only([0]), curve("jpeg", "JPEG", 2)),
    ]
    for results in cases:
        for plot in plots(results):
            ElementTree.fromstring(plot.draw(DARK, "svg"))


def test_says_what_to_install(usual, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match="Figures need matplotlib"):
        plots(usual)[0].draw(LIGHT, "png")
