from pathlib import Path

import pytest
from PIL import Image

from wlc.benchmarks.codecs.jpeg import Jpeg
from wlc.benchmarks.codecs.webp import WebP
from wlc.benchmarks.metrics.psnr import psnr
from wlc.benchmarks.page.crops import SIZE, chosen, side_by_side
from wlc.benchmarks.pictures import Pictures, pictures_of


class Named(Jpeg):
    """JPEG under another name, or one that is not installed."""

    def __init__(self, name, reason=None):
        super().__init__()
        self.name, self.label, self._reason = name, name.upper(), reason

    def missing(self):
        return self._reason


@pytest.fixture
def folder(tmp_path, drawn):
    for number in range(4):
        drawn.resize((drawn.width * (4 if number == 1 else 1), drawn.height * (4 if number == 1 else 1))).rotate(
            90 * number, expand=True
        ).save(tmp_path / f"{number}.png")
    return tmp_path


def test_nobody_gets_more_bits_than_the_first(folder):
    codecs = {"jpeg": Jpeg(), "webp": WebP()}
    crops = side_by_side(pictures_of(folder), codecs, rates=(1.0, 2.0))
    assert [crop.rate for crop in crops] == sorted(crop.rate for crop in crops)
    for crop in crops:
        first, *others = crop.shown
        assert first.codec == "jpeg"
        assert all(shown.bpp <= first.bpp or not shown.within_budget for shown in others)
        assert all(shown.picture.size == crop.original.size for shown in crop.shown)
        assert max(crop.original.size) <= SIZE


def test_rate_and_psnr_are_true(folder):
    pictures = Pictures(pictures_of(folder).paths[:1], "x")
    shown = side_by_side(pictures, {"jpeg": Jpeg()}, rates=(1.5,))[0].shown[0]
    with Image.open(folder / "0.png") as picture:
        files = [Jpeg().encode(picture, quality) for quality in range(1, 101)]
        sizes = [len(data) for data in files]
        target = 1.5 * picture.width * picture.height / 8
        nearest = min(files, key=lambda data: abs(len(data) - target))
        assert shown.bpp * picture.width * picture.height / 8 == pytest.approx(len(nearest))
        assert shown.psnr == psnr(picture, Jpeg().decode(files[sizes.index(len(nearest))]))


def test_wlc_leads_and_the_usual_three_follow(folder):
    names = ("jpeg", "webp", "wlc-next", "wlc-other", "jxl", "avif")
    codecs = {name: Named(name, "gone" if name == "jxl" else None) for name in names}
    crops = side_by_side(Pictures(pictures_of(folder).paths[:1], "x"), codecs, rates=(2.0,))
    assert [shown.codec for shown in crops[0].shown] == ["wlc-next", "avif", "webp"]


def test_without_the_usual_three_whoever_is_there(folder):
    pictures = Pictures(pictures_of(folder).paths[:1], "x")
    crops = side_by_side(pictures, {name: Named(name) for name in ("wlc", "jpeg")}, rates=(2.0,))
    assert [shown.codec for shown in crops[0].shown] == ["wlc", "jpeg"]
    assert side_by_side(pictures, {}) == []
    assert side_by_side(pictures, {"jxl": Named("jxl", "gone")}) == []


def test_a_codec_that_cannot_go_so_low_is_marked(folder):
    pictures = Pictures(pictures_of(folder).paths[:1], "x")
    crops = side_by_side(pictures, {"webp": WebP(), "jpeg": Jpeg()}, rates=(0.01,))
    assert [shown.within_budget for shown in crops[0].shown] == [True, False]


def test_three_spread_over_the_folder():
    paths = tuple(Path(f"{number:02}.png") for number in range(12))
    assert [path.stem for path in chosen(Pictures(paths, "x")).paths] == ["02", "06", "10"]
    assert chosen(Pictures(paths[:1], "x")).paths == paths[:1]
    assert chosen(Pictures(paths[:2], "x")).paths == paths[:2]


def test_of_kodak_three_that_show_much():
    paths = tuple(Path(f"kodim{number:02}.png") for number in range(1, 25))
    assert [path.stem for path in chosen(Pictures(paths, "x")).paths] == ["kodim13", "kodim15", "kodim19"]


def test_says_how_far_it_is(folder):
    done = []
    side_by_side(pictures_of(folder), {"jpeg": Jpeg()}, rates=(1.0,), progress=done.append)
    assert len(done) == 3 and done[0].endswith("at 1 bpp")
