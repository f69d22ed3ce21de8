"""The command over a folder of drawn pictures, with small codecs."""

import json

import pytest
import torch
from click.testing import CliRunner

from wlc.autoencoder_freezing import tables_from
from wlc.benchmarks.cli import bench
from wlc.benchmarks.walloc import Measured, against_published
from wlc.freezing import as_arrays
from wlc.models import weights
from wlc.models.walloc import Slim2D
from wlc.models.walloc.codec_file import serialise


@pytest.fixture
def two_models(tmp_path, monkeypatch):
    torch.manual_seed(0)
    for name, latents in (("small", 3), ("large", 12)):
        codec = Slim2D(3, 1, 16, 1, latents, 8)
        with torch.no_grad():
            codec.encoder[0].weight.mul_(100)
        (tmp_path / f"{name}.safetensors").write_bytes(serialise(codec, as_arrays(tables_from(codec, []))))
    monkeypatch.setenv(weights.SEARCH_PATH, str(tmp_path))


def test_it_measures_what_is_named(folder, tmp_path, two_models):
    record = tmp_path / "out.json"
    asked = ["walloc", str(folder), "small", "large", "--no-large-decoder", "--json", str(record)]
    result = CliRunner().invoke(bench, asked)
    assert result.exit_code == 0, result.output
    rows = {row["name"]: row for row in json.loads(record.read_text())["rows"]}
    assert len(rows) == 6
    for name in ("small", "large"):
        coded, webp = rows[f"{name}, range coder"], rows[f"{name}, webp coder"]
        assert coded["psnr"] == webp["psnr"] and 0 < coded["bpp"] < webp["bpp"]
        assert rows[f"{name}, latents as WaLLoC keeps them"]["bpp"] > 0
    assert "BD-rate" not in result.stdout  # these are not the pictures that the published points are of


def test_the_published_curve_against_itself_and_half_of_it():
    def rows(factor: float) -> list[Measured]:
        return [Measured(f"{i}, range coder", rate * factor, psnr, 1, 1) for i, (rate, psnr) in enumerate(points)]

    points = ((0.617, 30.56), (2.544, 37.34))
    assert against_published(rows(1)) == pytest.approx(0)
    assert against_published(rows(0.5)) == pytest.approx(-50)
    assert against_published(rows(1)[:1]) is None
