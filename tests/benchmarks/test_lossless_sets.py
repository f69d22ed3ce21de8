"""The command, over a folder and an archive of two drawn pictures, with weights that have learned next to nothing."""

import json
import re
import tarfile

import pytest
from click.testing import CliRunner

from wlc.benchmarks.cli import bench
from wlc.benchmarks.codecs.lossless import Png

pytestmark = pytest.mark.usefixtures("tiny_lossless")


@pytest.fixture
def archive(folder, tmp_path):
    path = tmp_path / "archived.tar"
    with tarfile.open(path, "w") as tar:
        tar.add(folder / "a.png", "a.png")
    return path


def invoke(*arguments):
    return CliRunner().invoke(bench, ["lossless", "--device", "cpu", *map(str, arguments)])


def test_every_codec_over_every_set(folder, archive, tmp_path):
    record, markdown = tmp_path / "all.json", tmp_path / "all.md"
    result = invoke(folder, archive, "--json", record, "--markdown", markdown)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("pictures: 2 pictures, archived: 1 picture, on ")
    actual, ideal = re.search(r"^wlc lossless +([\d.]+) +([\d.]+) ", result.stdout, re.MULTILINE).groups()
    assert 0 < float(ideal) < float(actual)
    assert re.search(r"^wlc lossless .* \d of 3 ", result.stdout, re.MULTILINE)
    assert re.search(r"^PNG ", result.stdout, re.MULTILINE)
    stored = json.loads(record.read_text())
    assert stored["sets"] == {"pictures": 2, "archived": 1}
    ours = stored["rows"][0]
    assert [trial["picture"] for trial in ours["rows"]["pictures"]["trials"]] == ["a.png", "b.png"]
    assert len(ours["ideal_bits"]["pictures"]) == 2
    text = markdown.read_text()
    assert text.startswith("# Lossless files\n") and "| **wlc lossless** |" in text and "weights " in text


def test_wlc_alone_with_several_weights(archive, tiny_lossless):
    result = invoke(archive, "--no-peers", "--quick", "--model", "lossless", "--model", tiny_lossless)
    assert result.exit_code == 0, result.output
    assert result.stdout.count("wlc lossless lossless") == 2
    assert "PNG" not in result.stdout and "smaller than" not in result.stdout


def test_a_codec_without_its_library_is_named_as_skipped(archive, monkeypatch):
    monkeypatch.setattr(Png, "missing", lambda self: "its library is gone")
    result = invoke(archive)
    assert result.exit_code == 0 and "png is skipped: its library is gone." in result.stderr
    assert not re.search(r"^PNG ", result.stdout, re.MULTILINE)


def test_a_picture_that_is_not_equal_ends_the_run(archive, monkeypatch):
    monkeypatch.setattr(Png, "decode", lambda self, data: Png.__mro__[1].decode(self, data).convert("L").convert("RGB"))
    result = invoke(archive)
    assert result.exit_code == 1 and "PNG is not lossless: a.png" in result.output


def test_mistakes_are_said_in_a_sentence(folder, archive, tmp_path):
    unknown = invoke(archive, "--model", "nobody")
    assert unknown.exit_code == 1 and "weights named 'nobody' are not installed." in unknown.output
    (tmp_path / "empty").mkdir()
    empty = invoke(tmp_path / "empty")
    assert empty.exit_code == 1 and "There is no picture in" in empty.output
    twice = invoke(folder, folder)
    assert twice.exit_code == 2 and "the same name" in twice.output
