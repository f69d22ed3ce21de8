import pytest

from wlc.benchmarks import store
from wlc.benchmarks.results import Costs, Curve, LearnedSpeed, LosslessRow, LosslessTrial, Results, Trial


@pytest.fixture
def results() -> Results:
    trial = Trial("a.png", 20.0, 1000, 321, 31.5, 0.1, 0.2, ms_ssim=0.97)
    curve = Curve("jpeg", "JPEG", "4:2:0", "1.0", "digest", "a machine", [trial], Costs(decode_kmac=1.5))
    row = LosslessRow("png", "PNG", "", "1", "digest", "a machine", [LosslessTrial("a.png", 3000, 1000, 900, 0.1, 0.2)])
    return Results(
        folder="set",
        picture_names=("a.png",),
        date="2000-01-01",
        machine={"cores": "2"},
        curves={"jpeg": curve},
        lossless={"png": row},
        learned=[LearnedSpeed("net", "1", 1.0, 2.0, 3.0, 4.0, 5)],
        skipped={"avif": "not there"},
        published={"hm": [(0.1, 26.0)]},
    )


def test_what_is_saved_is_what_is_loaded(results, tmp_path):
    store.save(tmp_path / "new" / "results.json", results)
    assert store.load(tmp_path / "new" / "results.json") == results
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["results.json"]


def test_nothing_and_something_else_are_no_results(tmp_path):
    assert store.load(tmp_path / "absent.json") is None
    (tmp_path / "old.json").write_text('{"codecs": {}}')
    assert store.load(tmp_path / "old.json") is None
