import base64
import io
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from PIL import Image

from wlc.benchmarks.page.crops import Crop
from wlc.benchmarks.page.html_page import html, write_page
from wlc.benchmarks.page.plots import plots
from wlc.benchmarks.page.style import DARK, LIGHT

pytest.importorskip("matplotlib")

EMPTY = {"meta", "link", "img", "source", "br"}


class Page(HTMLParser):
    """Every tag is closed in order; what is said and what is loaded is kept."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.loaded, self.words, self.anchors = [], [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append(tag)
        self.loaded += [attributes[name] for name in ("src", "srcset", "href") if attributes.get(name)]
        self.loaded += re.findall(r"url\(([^)]*)\)", attributes.get("style") or "")
        self.anchors += [attributes["id"]] if "id" in attributes else []
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture
def text(written):
    return (written / "page" / "index.html").read_text(encoding="utf-8")


def test_the_page_holds_everything_and_loads_nothing(text):
    page = Page(text)
    assert "script" not in page.tags and "@import" not in text
    assert "http:" not in text and "https:" not in text
    inside = [link for link in page.loaded if link.startswith("#")]
    assert all(link[1:] in page.anchors for link in inside)
    assert len(page.anchors) == len(set(page.anchors))
    data = [link for link in page.loaded if not link.startswith("#") and link != "data:,"]
    assert len(data) == 2 * 5 + 4 * 5  # figures in two themes; four crops, of which each original twice
    for link in data:
        kind, content = re.fullmatch(r"data:([a-z/+]+);base64,(.*)", link).groups()
        if kind == "image/svg+xml":
            ElementTree.fromstring(base64.b64decode(content))
        else:
            with Image.open(io.BytesIO(base64.b64decode(content))) as picture:
                picture.load()


def test_it_says_what_the_run_says(text):
    said = "".join(Page(text).words)
    for part in ("needs 50\N{NO-BREAK SPACE}% fewer bits than JPEG 4:2:0", "its plugin is not installed", "2025-01-31"):
        assert part in said
    for part in ("hyperprior", "vtm (published)", "A processor", "0.247 bpp, ∞ dB", "its smallest", "bits per sample"):
        assert part in said


def test_it_has_both_themes(text):
    assert "@media (prefers-color-scheme:dark)" in text
    assert text.count('<source media="(prefers-color-scheme: dark)"') == 5
    assert LIGHT.background in text and DARK.background in text


def test_figures_lie_beside_the_page(written):
    found = {path.name for path in (written / "page").iterdir()}
    assert {"index.html", "rd-psnr-light.png", "rd-psnr-dark.png", "speed-dark.png", "crops-0.25.png"} <= found
    assert not any(name.endswith(".part") for name in found)


def test_names_are_text_whatever_they_hold(curve, run, crops):
    evil = '"><script>alert(1)</script>&amp;.png'
    codecs = curve("wlc", "wlc <i>", pictures=[evil], metrics=False), curve("jpeg", 'J"', 2, pictures=[evil])
    results = run(*codecs, skipped={"<x>": "because of <y> & z"})
    results.folder = "<folder>"
    page = Page(html(results, [Crop(evil, "detail", 0.25, crops[0].original, crops[0].shown)], plots(results)[:1]))
    assert "script" not in page.tags and "i" not in page.tags
    said = "".join(page.words)
    assert evil in said and "wlc <i> on <folder>" in said and "because of <y> & z" in said


def test_real_files_one_codec_and_nothing_at_all(real, curve, run, tmp_path):
    alone = run(curve("wlc", "wlc", pictures=["only.png"], metrics=False))
    for number, results in enumerate((real, alone, run())):
        page = Page(write_page(results, [], tmp_path / str(number)).read_text(encoding="utf-8"))
        assert "crops" not in page.anchors
        assert page.tags.count("h1") == 1


def test_the_same_run_gives_the_same_bytes(usual, crops):
    assert html(usual, crops, plots(usual)[:1]) == html(usual, crops, plots(usual)[:1])
