"""The command, with JPEG for a peer that is quick, over two drawn pictures."""

import json
import re

import pytest
from click.testing import CliRunner

from wlc.benchmarks import codecs, kodak, page, run, store
from wlc.benchmarks.cli import bench
from wlc.benchmarks.codecs import Jpeg
from wlc.benchmarks.results import Costs

BARE = ("--no-lossless", "--metrics", "", "--no-page")


@pytest.fixture(autouse=True)
def costs_are_not_measured_here(monkeypatch):
    """They start processes; their own test does that."""
    monkeypatch.setattr(run, "costs_of", lambda *_: Costs(encode_memory=1))


def bench_kodak(*arguments):
    result = CliRunner().invoke(bench, ["kodak", *(str(argument) for argument in arguments)])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_peers_alone_need_no_wlc(folder, tmp_path):
    output = bench_kodak(folder, "-o", tmp_path / "out", "--no-wlc", "--peers", "jpeg", *BARE)
    assert output.startswith("2 pictures of pictures")
    assert "jpeg: 4:2:0" in output and "BD-rate" not in output


def test_lossless_files_are_compared_too(folder, tmp_path, tiny_lossless, monkeypatch):
    pytest.importorskip("matplotlib")
    monkeypatch.setattr(page, "side_by_side", lambda *_: [])  # these pictures are too small for crops
    asked = (folder, "-o", tmp_path / "out", "--peers", "", "--metrics", "", "--no-page")
    assert "wlc lossless" not in bench_kodak(*asked, "--no-wlc")
    output = bench_kodak(*asked, "--qualities", "30", "--device", "cpu", "--markdown", tmp_path / "results.md")
    assert "wlc-lossless:" not in output
    assert re.search(r"^  wlc lossless +\d", output, re.MULTILINE)
    assert "| **wlc lossless** |" in (tmp_path / "results.md").read_text()


def test_a_part_of_a_folder_does_not_write_over_the_whole(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for part in ((), ("--first", "1"), ("--quick",)):
        bench_kodak(folder, "--no-wlc", "--peers", "jpeg", *BARE, *part)
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"pictures", "pictures-1", "pictures-6"}
    whole = store.load(tmp_path / "out" / "pictures" / "results.json")
    assert whole.picture_names == ("a.png", "b.png")


def test_what_is_known_is_not_measured_again(folder, tmp_path, monkeypatch):
    asked = (folder, "-o", tmp_path / "out", "--no-wlc", "--peers", "jpeg", *BARE)
    first = bench_kodak(*asked)

    def must_not_run(*_):
        raise AssertionError("measured again")

    with monkeypatch.context() as patch:
        patch.setattr(Jpeg, "encode", must_not_run)
        assert bench_kodak(*asked) == first
    stored = json.loads((tmp_path / "out" / "results.json").read_text())
    trials = stored["curves"]["jpeg"]["trials"]
    assert len(trials) == 2 * len(Jpeg.qualities) and {trial["picture"] for trial in trials} == {"a.png", "b.png"}
    assert stored["machine"]["processor"] and stored["curves"]["jpeg"]["version"].startswith("libjpeg")


def test_an_interrupted_run_goes_on(folder, tmp_path, monkeypatch):
    asked = (folder, "-o", tmp_path / "out", "--no-wlc", "--peers", "jpeg", *BARE)
    encode, calls = Jpeg.encode, []

    def counted(self, picture, quality):
        calls.append((picture.size, quality))
        if len(calls) == len(Jpeg.qualities) + 4:  # in the middle of the second picture
            raise KeyboardInterrupt
        return encode(self, picture, quality)

    monkeypatch.setattr(Jpeg, "encode", counted)
    assert CliRunner().invoke(bench, ["kodak", *map(str, asked)]).exit_code != 0
    kept = store.load(tmp_path / "out" / "results.json").curves["jpeg"].trials
    assert {trial.picture for trial in kept} == {"a.png"} and len(kept) == len(Jpeg.qualities)
    calls.clear()
    calls.extend([None] * 100)  # no more interruptions
    bench_kodak(*asked)
    assert {call[0] for call in calls[100:]} == {(50, 40)}  # only the second picture
    assert len(store.load(tmp_path / "out" / "results.json").curves["jpeg"].trials) == 2 * len(Jpeg.qualities)


def test_twice_gives_the_same_rates_and_psnr_to_the_last_digit(folder, tmp_path):
    """Of wlc and all peers that are here; only seconds differ."""
    found = []
    for attempt in ("one", "two"):
        bench_kodak(folder, "-o", tmp_path / attempt, "--qualities", "20,50", "--device", "cpu", *BARE)
        curves = store.load(tmp_path / attempt / "results.json").curves
        found.append({(n, t.picture, t.quality, t.size, t.psnr) for n, curve in curves.items() for t in curve.trials})
    assert found[0] == found[1]
    assert {"wlc", "wlc-webp", "jpeg", "jpeg-444", "webp", "avif", "jp2"} <= {name for name, *_ in found[0]}


def test_wlc_is_compared_with_peers(folder, tmp_path, monkeypatch):
    class PlayedByJpeg(Jpeg):
        def __init__(self):
            super().__init__()
            self.name = "wlc"

    monkeypatch.setattr(codecs, "ours", lambda *_: {"wlc": PlayedByJpeg()})
    output = bench_kodak(folder, "-o", tmp_path / "out", "--peers", "jpeg", *BARE)
    lines = output[output.index("BD-rate of wlc") :].splitlines()
    assert re.match(r"  jpeg +[+-]0\.0 %", lines[1])


def test_published_curves_are_for_kodak_alone(folder, tmp_path):
    anchors = tmp_path / "anchors.json"
    anchors.write_text(json.dumps({"bpg-444": {"bpp": [0.1, 9.0], "psnr": [5.0, 60.0]}}))
    asked = ["kodak", str(folder), "-o", str(tmp_path / "out"), "--no-wlc", "--peers", "jpeg", *BARE]
    result = CliRunner().invoke(bench, [*asked, "--anchors", str(anchors)])
    assert "these are not; left out" in result.stderr and "bpg" not in result.stdout


def test_a_codec_without_its_library_is_named_as_skipped(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(Jpeg, "missing", lambda self: "its library is gone")
    asked = ["kodak", str(folder), "-o", str(tmp_path / "out"), "--no-wlc", "--peers", "jpeg,webp", *BARE]
    result = CliRunner().invoke(bench, asked)
    assert result.exit_code == 0 and "jpeg is skipped: its library is gone." in result.stderr
    assert "webp: method 6" in result.stdout and "jpeg:" not in result.stdout


def test_mistakes_are_said_in_a_sentence(folder, tmp_path):
    runner = CliRunner()
    unknown = runner.invoke(bench, ["kodak", str(folder), "--peers", "gif"])
    assert unknown.exit_code == 2 and "no peer 'gif'" in unknown.output
    (tmp_path / "empty").mkdir()
    empty = runner.invoke(bench, ["kodak", str(tmp_path / "empty"), "--no-wlc"])
    assert empty.exit_code == 1 and "There is no picture in" in empty.output


def test_quick_takes_fewer_qualities_from_the_same_grid():
    assert kodak._grid(Jpeg(), None, quick=True) == (3, 12, 40, 80)
    assert kodak._grid(Jpeg(), (10.0,), quick=False) == Jpeg.qualities
