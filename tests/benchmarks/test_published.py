import json

import pytest

from wlc.benchmarks.published import published_curves


@pytest.fixture
def file(tmp_path):
    curves = {
        "vtm-9.1-compressai": {"bpp": [0.1, 0.5], "psnr": [28.0, 34.0], "note": "kept out"},
        "rare": {"bpp": [0.2, 0.4], "psnr": [27.0, 30.0]},
        "only ms-ssim": {"bpp": [0.2], "psnr": None},
        "a gap": {"bpp": [0.2, 0.4], "psnr": [27.0, None]},
    }
    path = tmp_path / "anchors.json"
    path.write_text(json.dumps(curves))
    return path


def test_without_names_the_usual_ones(file):
    assert published_curves(file) == {"vtm-9.1-compressai": [(0.1, 28.0), (0.5, 34.0)]}


def test_by_name(file):
    assert published_curves(file, ["rare"]) == {"rare": [(0.2, 27.0), (0.4, 30.0)]}


def test_all_means_all_that_have_psnr(file):
    assert set(published_curves(file, ["all"])) == {"vtm-9.1-compressai", "rare"}


def test_an_unknown_name_is_refused_with_those_there_are(file):
    with pytest.raises(KeyError, match="no PSNR curve named only ms-ssim.*rare"):
        published_curves(file, ["only ms-ssim"])
