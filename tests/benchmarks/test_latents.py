"""The command over a folder of two drawn pictures."""

import json

import numpy as np
import torch
from click.testing import CliRunner

import wlc
from wlc.benchmarks.cli import bench
from wlc.benchmarks.latents import WAYS, written
from wlc.benchmarks.pictures import pictures_of


def invoke(*arguments):
    return CliRunner().invoke(bench, ["latents", *map(str, arguments)])


def test_every_way_has_a_line(folder, tmp_path):
    record = tmp_path / "fed.json"
    result = invoke(folder, "--rounds", 1, "--quality", 40, "--json", record)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("2 pictures, quality 40, 1 thread, ")
    assert all(f"\n{way.name} " in result.stdout for way in WAYS)
    stored = json.loads(record.read_text())
    assert [row["name"] for row in stored["rows"]] == [way.name for way in WAYS]
    assert all(row["pictures"] == 2 and row["pictures_a_second"] > 0 for row in stored["rows"])
    sizes = {row["name"]: row["bytes"] for row in stored["rows"]}
    assert sizes["wlc to latents, 2 levels"] < sizes["wlc to latents, all levels"] == sizes["wlc to pixels"]
    assert sizes["JPEG to pixels"] < 3 * sizes["wlc to pixels"]  # these are tiny, and mostly JPEG's tables
    assert sizes["array of latents, all levels"] > 10 * sizes["wlc to latents, all levels"]


def test_all_ways_read_the_same_pictures(folder, tmp_path):
    stem = written(pictures_of(folder), tmp_path, 60)[0]
    jpeg, pixels, latents, coarse, array, coarse_array = (
        way.read(stem.with_name(stem.name + way.suffix)) for way in WAYS
    )
    assert jpeg.shape == pixels.shape == (72, 104, 3) and np.abs(jpeg.astype(int) - pixels).mean() < 20
    assert torch.equal(array, torch.cat([x.flatten() for x in latents]))
    assert torch.equal(coarse_array, torch.cat([x.flatten() for x in coarse]))
    assert all(map(torch.equal, coarse, latents)) and len(coarse) == 4
    assert np.array_equal(pixels, wlc.decompress(stem.with_name(stem.name + ".wlc")))


def test_a_folder_without_pictures(tmp_path):
    result = invoke(tmp_path)
    assert result.exit_code == 1 and "There is no picture in" in result.output
