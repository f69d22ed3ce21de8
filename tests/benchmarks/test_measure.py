from wlc.benchmarks.codecs import Jpeg
from wlc.benchmarks.measure import measure
from wlc.benchmarks.metrics.judges import Judges
from wlc.benchmarks.pictures import pictures_of


def measured(folder, known=()):
    kept = []
    with Judges(()) as judges:
        measure(Jpeg(), pictures_of(folder), [20, 60], judges, known, kept.append)
    return kept


def test_trials_come_picture_by_picture(folder):
    first, second = measured(folder)
    assert [(t.picture, t.quality, t.pixels) for t in first] == [("a.png", 20, 104 * 72), ("a.png", 60, 104 * 72)]
    assert {t.picture for t in second} == {"b.png"}
    assert first[0].size < first[1].size and first[0].psnr < first[1].psnr
    assert all(t.encode_seconds > 0 and t.decode_seconds > 0 for t in first + second)


def test_only_what_is_not_known(folder):
    known = [measured(folder)[0][0]]
    first, second = measured(folder, known)
    assert [t.quality for t in first] == [60]
    assert [t.quality for t in second] == [20, 60]
