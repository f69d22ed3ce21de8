import json

import pytest
from click.testing import CliRunner
from PIL import ImageOps

from wlc.benchmarks import kodak
from wlc.benchmarks.measure import measure
from wlc.benchmarks.peers import Jpeg
from wlc.benchmarks.pictures import pictures_of
from wlc.benchmarks.results import Curve, load_curves, save_curves


@pytest.fixture
def folder(tmp_path, drawn):
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    drawn.save(pictures / "a.png")
    ImageOps.mirror(drawn).crop((0, 0, 50, 40)).save(pictures / "b.png")
    (pictures / "notes.txt").write_text("not a picture")
    return pictures


def run(*arguments):
    result = CliRunner().invoke(kodak.main, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_means_are_taken_over_pictures(folder):
    (point,) = measure(Jpeg(), pictures_of(folder), [50])
    a, b = point.trials
    assert (a.name, b.name) == ("a.png", "b.png")
    assert point.bpp == pytest.approx((8 * a.size / (104 * 72) + 8 * b.size / (50 * 40)) / 2)
    assert point.psnr == pytest.approx((a.psnr + b.psnr) / 2)


def test_peers_alone_need_no_wlc(folder):
    output = run(folder, "--no-wlc", "--peers", "jpeg")
    assert output.startswith("2 pictures of")
    assert "jpeg: 4:2:0" in output and "BD-rate" not in output


def test_known_results_of_peers_are_used_again(folder, tmp_path, monkeypatch):
    store = tmp_path / "new" / "results.json"
    first = run(folder, "--no-wlc", "--peers", "jpeg", "--json", store)

    def must_not_run(*_):
        raise AssertionError("measured again")

    with monkeypatch.context() as patch:
        patch.setattr(Jpeg, "encode", must_not_run)
        assert run(folder, "--no-wlc", "--peers", "jpeg", "--json", store).endswith(
            first[first.index("jpeg:") :]
        )
    trials = json.loads(store.read_text())["codecs"]["jpeg"]["points"][0]["trials"]
    assert [trial["name"] for trial in trials] == ["a.png", "b.png"]


@pytest.mark.parametrize("change", ["version", "setting", "pictures"])
def test_results_of_something_else_are_not(folder, change):
    curve = Curve.of(Jpeg(), pictures_of(folder))
    other = Curve(**{**vars(curve), change: "another"})
    assert curve.is_of_the_same(Curve.of(Jpeg(), pictures_of(folder)))
    assert not curve.is_of_the_same(other)


def test_another_picture_is_another_set(folder, drawn):
    before = pictures_of(folder).digest
    ImageOps.invert(drawn).save(folder / "a.png")
    assert pictures_of(folder).digest != before
    assert pictures_of(folder, first=1).digest != pictures_of(folder).digest


def test_what_is_saved_is_what_is_loaded(folder, tmp_path):
    curve = Curve.of(Jpeg(), pictures_of(folder))
    curve.points = measure(Jpeg(), pictures_of(folder), [20, 60])
    save_curves(tmp_path / "results.json", [curve])
    assert load_curves(tmp_path / "results.json") == {"jpeg": curve}
    assert load_curves(tmp_path / "absent.json") == {}


def test_wlc_is_compared_with_peers_and_published_curves(folder, tmp_path, monkeypatch):
    anchors = tmp_path / "anchors.json"
    published = {"bpg-444": {"bpp": [0.1, 9.0], "psnr": [5.0, 60.0]}, "no psnr": {"bpp": [1.0], "psnr": None}}
    anchors.write_text(json.dumps(published))

    class PlayedByJpeg(Jpeg):
        name = "wlc"

        def __init__(self, **_):
            pass

    monkeypatch.setattr(kodak, "Wlc", PlayedByJpeg)
    output = run(folder, "--peers", "jpeg", "--anchors", anchors, "--published", "all")
    lines = output[output.index("BD-rate of wlc") :].splitlines()
    assert lines[1].split()[:2] == ["jpeg", "+0.0"] or lines[1].split()[:2] == ["jpeg", "-0.0"]
    assert lines[2].split()[0] == "bpg-444"
    assert len(lines) == 3


def test_mistakes_are_said_in_a_sentence(folder, tmp_path):
    runner = CliRunner()
    unknown = runner.invoke(kodak.main, [str(folder), "--peers", "gif"])
    assert unknown.exit_code == 2 and "no peer 'gif'" in unknown.output
    empty = runner.invoke(kodak.main, [str(tmp_path), "--no-wlc"])
    assert empty.exit_code == 1 and "There is no picture in" in empty.output
