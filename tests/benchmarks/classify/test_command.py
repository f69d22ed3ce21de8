"""The whole benchmark on two classes of tiny pictures: every row is trained, timed, reported, and not trained again."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import wlc
from wlc.benchmarks.classify import joint_latents
from wlc.benchmarks.classify.rows import BY_NAME, ROWS
from wlc.cli import main


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    folder, random = tmp_path_factory.mktemp("stripes"), np.random.default_rng(0)
    for part, count in (("train", 6), ("test", 3)):
        for name, period in (("coarse", 6.0), ("fine", 2.0)):
            (folder / part / name).mkdir(parents=True)
            for number in range(count):
                waves = 110 + 80 * np.sin(np.arange(64) / period + number)
                picture = waves + random.normal(0, 5, (64, 64))
                samples = np.repeat(picture[..., None].clip(0, 255).astype(np.uint8), 3, axis=2)
                Image.fromarray(samples).save(folder / part / name / f"{number}.png")
    return folder


OPTIONS = ("--epochs", "2", "--seeds", "1", "--side", "64", "--batch", "2", "--widths", "4,8", "--per-class", "4")


def bench(data: Path, output: Path, *options: str) -> None:
    assert main(["bench", "classify", str(data), "-o", str(output), *OPTIONS, *options]) == 0


@pytest.fixture(scope="module")
def finished(data, tmp_path_factory) -> Path:
    output = tmp_path_factory.mktemp("classify")
    bench(data, output)
    return output


def entry_in(output: Path) -> dict:
    (entry,) = json.loads((output / "results.json").read_text()).values()
    return entry


def test_every_row_is_there(finished):
    entry = entry_in(finished)
    assert set(entry["trained"]) == set(entry["costs"]) == {row.name for row in ROWS}
    for name, runs in entry["trained"].items():
        assert 0 <= runs["0"]["accuracy"] <= 1
        assert ("psnr" in runs["0"]) == (BY_NAME[name].front == "wae")
    page = (finished / "results.md").read_text()
    assert all(f"| {row.label} |" in page for row in ROWS)


def test_costs_are_what_they_should_be(finished):
    costs = entry_in(finished)["costs"]
    assert all(cost["reading_ms"] > 0 and cost["judging_ms"] > 0 for cost in costs.values())
    assert 3.5 < costs["full"]["mega_macs"] / costs["half"]["mega_macs"] <= 4.1
    assert costs["half"]["mega_macs"] < costs["wavelet"]["mega_macs"] < costs["wae2"]["mega_macs"]
    assert costs["wae2"]["mega_macs"] == costs["wae3"]["mega_macs"]
    assert costs["latents"]["read_bytes"] <= costs["latents"]["bytes"] < costs["full"]["bytes"]
    assert costs["latents-joint"]["mega_macs"] == costs["latents"]["mega_macs"]
    assert costs["latents-joint"]["bytes"] != costs["latents"]["bytes"]
    assert costs["jpeg"]["bytes"] == costs["jpeg-half"]["bytes"]


def test_what_was_found_is_kept(data, finished, capsys):
    before = (finished / "results.json").read_bytes()
    capsys.readouterr()
    bench(data, finished)
    assert (finished / "results.json").read_bytes() == before
    assert "seed 0" not in capsys.readouterr().out


def test_files_of_a_tuned_encoder_are_ordinary_files(finished):
    """They name the shipped model, and it decodes them, to a picture that is not far off."""
    run = entry_in(finished)["trained"]["latents-joint"]["0"]
    folders = list((finished / "runs").glob("*/latents-joint-0-joint/files"))
    files = sorted(folders[0].glob("*.wlc"))
    assert len(folders) == 1 and len(files) == 6
    assert run["bytes"] == np.mean([file.stat().st_size for file in files])
    assert {wlc.info(file.read_bytes()).model for file in files} == {"photo"}
    assert all(wlc.decompress(file.read_bytes()).size == (64, 64) for file in files)
    assert abs(run["decoded_psnr"] - run["decoded_psnr_before"]) < 3
    assert "latents, fine-tuned jointly under a rate term: " in (finished / "results.md").read_text()


def test_an_interrupted_run_goes_on(data, finished, tmp_path, monkeypatch, capsys):
    """A stop in the second part is no result; the next run finds the first part done and ends the second."""
    for kept in ("files", "results.json"):
        (shutil.copytree if (finished / kept).is_dir() else shutil.copy)(finished / kept, tmp_path / kept)
    entries = json.loads((tmp_path / "results.json").read_text())
    (entry,) = entries.values()
    before = entry["trained"].pop("latents-joint")
    (tmp_path / "results.json").write_text(json.dumps(entries))

    def stop(trainer, inputs):
        raise KeyboardInterrupt

    asked = ("--rows", "latents-joint", "--untimed")
    with monkeypatch.context() as patched:
        patched.setattr(joint_latents.Trainer, "judged", stop)
        assert main(["bench", "classify", str(data), "-o", str(tmp_path), *OPTIONS, *asked]) == 130
    assert "latents-joint" not in entry_in(tmp_path)["trained"]
    capsys.readouterr()
    bench(data, tmp_path, *asked)
    assert capsys.readouterr().out.count("going on from step") == 2
    assert entry_in(tmp_path)["trained"]["latents-joint"]["0"].keys() == before["0"].keys()


def test_another_setting_has_a_table_of_its_own(data, finished, tmp_path):
    (tmp_path / "results.json").write_bytes((finished / "results.json").read_bytes())
    bench(data, tmp_path, "--rows", "half", "--epochs", "1", "--untimed")
    entries = json.loads((tmp_path / "results.json").read_text())
    assert sorted(len(entry["trained"]) for entry in entries.values()) == [1, len(ROWS)]
    assert any("-1ep-" in key for key in entries) and "4each" in min(entries)


def test_what_cannot_be_measured(data, tmp_path, capsys):
    assert main(["bench", "classify", str(data / "train"), "-o", str(tmp_path), *OPTIONS]) == 1
    assert "has no folder test" in capsys.readouterr().err
    assert main(["bench", "classify", str(data), "--rows", "best"]) == 2
    assert "no row named 'best'" in capsys.readouterr().err
    assert main(["bench", "classify", str(data), "--side", "60"]) == 2
