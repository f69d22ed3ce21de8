import re

import pytest
from PIL import Image

from wlc.benchmarks.page.markdown_page import escaped, markdown
from wlc.benchmarks.page.plots import plots

pytest.importorskip("matplotlib")


def tables(text):
    return [block.splitlines() for block in text.split("\n\n") if block.startswith("|")]


def columns(line):
    return len(re.findall(r"(?<!\\)\|", line)) - 1


@pytest.fixture
def text(written):
    return (written / "docs" / "results.md").read_text(encoding="utf-8")


def test_all_tables_are_rectangular(text):
    assert len(tables(text)) == 13
    for table in tables(text):
        assert {columns(line) for line in table} == {columns(table[0])}
        assert re.fullmatch(r"\|( (:--|--:) \|)+", table[1])


def test_says_how_to_write_it_again(text):
    assert "\n    wlc bench DIR\n" in text
    assert "needs 50\N{NO-BREAK SPACE}% fewer bits than JPEG 4:2:0" in text
    assert text.endswith("\n") and "\n\n\n" not in text


def test_pictures_lie_beside_it_and_are_small(text, written):
    named = re.findall(r"(?:src|srcset)=\"([^\"]+)\"|\]\(([^)]+)\)", text)
    paths = [one or other for one, other in named]
    assert len(paths) == 2 * 5 + 2 and all(path.startswith("results/") for path in paths)
    for path in paths:
        with Image.open(written / "docs" / path) as picture:
            picture.load()
    assert sum((written / "docs" / path).stat().st_size for path in paths) < 1_500_000
    assert {path.name for path in (written / "docs" / "results").iterdir()} == {path.split("/")[1] for path in paths}


def test_names_end_no_cell_and_begin_no_tag(curve, run):
    evil = "a|b`<b>*_\n# [x](y)&lt;.png"
    results = run(curve("wlc", "wlc", pictures=[evil]), curve("jpeg", "J|", 2, pictures=[evil]))
    text = markdown(results, [], plots(results), "results", "x")
    assert "<b>" not in text and all({columns(line) for line in t} == {columns(t[0])} for t in tables(text))
    assert escaped("a|b\n<c>") == r"a\|b &lt;c&gt;"


def test_real_files_one_codec_and_nothing_at_all(real, curve, run):
    for results in (real, run(curve("wlc", "wlc")), run()):
        assert markdown(results, [], plots(results), "results", "x").startswith("# Results\n")


def test_the_same_run_gives_the_same_bytes(text, usual, crops):
    assert markdown(usual, crops, plots(usual), "results", "wlc bench DIR") == text
