from pathlib import Path

import pytest
from click.testing import CliRunner

from wlc.benchmarks import demo
from wlc.benchmarks.codecs import Jpeg


def test_the_photograph_is_there_without_a_network():
    pytest.importorskip("skimage", reason="the photograph comes with scikit-image")
    assert demo.sample_photograph().stat().st_size > 100_000


def test_everything_is_shown_and_kept(drawn, tmp_path, monkeypatch):
    """The table alone; JPEG plays wlc, so that this does not wait for PyTorch to start twice."""
    original = tmp_path / "drawn.png"
    drawn.save(original)

    def played_by_jpeg(command: str, source: str, target: str, *_: str) -> None:
        codec = Jpeg()
        if command == "compress":
            Path(target).write_bytes(codec.encode(drawn, demo.QUALITY))
        else:
            codec.decode(Path(source).read_bytes()).save(target)

    monkeypatch.setattr(demo, "run_wlc", played_by_jpeg)
    monkeypatch.setattr(demo, "Wlc", Jpeg)
    result = CliRunner().invoke(demo.demo, [str(original), "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    table = {line.split()[0]: line.split() for line in result.output.splitlines() if " s " in line}
    assert set(table) == {"wlc", "webp", "jpeg"}
    sizes = {path.suffix: path.stat().st_size for path in (tmp_path / "out").iterdir()}
    assert sizes[".webp"] <= sizes[".wlc"] and sizes[".jpg"] <= sizes[".wlc"]
    assert (tmp_path / "out" / "drawn.wlc.png").exists()


def test_a_failing_command_ends_the_demo_with_its_exit_code(monkeypatch):
    monkeypatch.setattr(demo.sys, "executable", "/bin/false")
    with pytest.raises(SystemExit) as ended:
        demo.run_wlc("compress", "a", "b")
    assert ended.value.code == 1
