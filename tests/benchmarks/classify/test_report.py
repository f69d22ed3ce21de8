from dataclasses import replace

from wlc.benchmarks.classify.report import found_in, halves_note, table_of, write_report
from wlc.benchmarks.classify.store import Setting, Store

COSTS = {"reading_ms": 1.0, "judging_ms": 9.0, "clock_ms": 11.0, "mega_macs": 300.0, "bytes": 5000.0, "read_bytes": 5e3}


def entry() -> dict:
    return {
        "trained": {
            "wae3": {str(n): {"accuracy": a, "psnr": 38.0, "high_share": 0.011} for n, a in enumerate((0.9, 0.94))},
            "full": {"0": {"accuracy": 0.95}},
        },
        "costs": {"full": COSTS, "wae3": COSTS | {"judging_ms": 3.0}},
        "facts": {},
    }


def test_a_table():
    table = table_of("cells", entry())
    full, wae = ([cell.text for cell in row] for row in table.rows)
    assert full == [
        "full resolution",
        "95.00",
        "95.00 to 95.00",
        "1",
        "300.0",
        "1.00",
        "9.00",
        "10.00",
        "1.00",
        "5,000",
    ]
    assert wae[1:4] == ["92.00", "90.00 to 94.00", "2"] and wae[8] == "2.50"
    assert halves_note(entry()) == "WAE, fine-tuned jointly (stage 3): 38.00 dB merged, 1.10 % of the energy high"


def test_what_was_not_timed_yet_is_a_dash():
    some = entry() | {"costs": {}}
    assert [cell.text for cell in table_of("cells", some).rows[0]][4:] == ["–"] * 6
    assert [found.milliseconds for found in found_in(some)] == [None, None]


def test_pages_and_figures(tmp_path):
    setting = Setting("abc", 160, 50, 12, 16, 2e-3, (32, 64), 40)
    assert setting.key == "abc-160px-50each-12ep-16x0.002-w32-64-q40"
    assert replace(setting, model="cells").key == setting.key + "-cells"
    store = Store.at(tmp_path / "results.json")
    store.of(setting).update(entry())
    store.save()
    assert Store.at(tmp_path / "results.json").entries == store.entries
    said = write_report(Store.at(tmp_path / "results.json"), tmp_path)
    assert "full resolution" in said and "92.00" in said
    assert f"![Accuracy over milliseconds and bytes]({setting.key}-light.png)" in (tmp_path / "results.md").read_text()
    assert (tmp_path / f"{setting.key}-dark.png").stat().st_size > 5000
