import math

from wlc.benchmarks.bd_rate import bd_rate
from wlc.benchmarks.page.bd_tables import headline, matrices, per_picture
from wlc.benchmarks.page.tables import NOTHING, signed


def texts(table):
    return {row[0].text: [cell.text for cell in row[1:]] for row in table.rows}


def test_the_headline_says_what_bd_rate_says(real):
    jpeg, webp = real.curves["jpeg"], real.curves["webp"]
    direct = bd_rate(reference=webp.rate_curve(), candidate=jpeg.rate_curve())
    row = texts(headline(real))[webp.label]
    assert row[0] == signed(direct.percent, 1)
    assert row[1] == f"{direct.low:.1f} to {direct.high:.1f}"


def test_the_headline_has_every_other_codec_and_every_published_curve(usual):
    table = headline(usual)
    assert len(table.columns) == 7
    rows = texts(table)
    assert list(rows) == ["JPEG 4:2:0", "AVIF", "vtm (published)"]
    minus = "\N{MINUS SIGN}"
    assert rows["JPEG 4:2:0"] == [
        f"{minus}50.0",
        "28.0 to 37.0",
        "+3.00",
        "0.50 to 2.00",
        f"{minus}50.0",
        f"{minus}50.0",
    ]
    assert rows["vtm (published)"] == ["+100.0", "28.0 to 37.0", f"{minus}3.00", "0.25 to 1.00", NOTHING, NOTHING]


def test_every_codec_stands_against_every_anchor(usual):
    tables = matrices(usual)
    assert [table.name for table in tables] == [
        "bd-rate-psnr",
        "bd-gain-psnr",
        "bd-rate-ms-ssim",
        "bd-rate-ssimulacra2",
    ]
    rates = texts(tables[0])
    assert list(rates) == ["wlc", "JPEG 4:2:0", "AVIF", "vtm (published)"]
    assert rates["wlc"] == ["", "+100.0", "\N{MINUS SIGN}20.0"]
    assert tables[0].columns[tables[0].marked_column] == "wlc"


def test_a_pair_that_cannot_be_compared_tells_why(curve, run):
    table = matrices(run(curve("a", "A"), curve("b", "B", psnrs=(50, 52, 54, 56))))[0]
    cell = table.rows[0][2]
    assert cell.text == NOTHING and "share no range" in cell.hint


def test_one_codec_alone_has_nothing_to_be_compared_with(curve, run):
    alone = run(curve("wlc", "wlc", pictures=["only.png"]))
    assert headline(alone).rows == ()
    assert matrices(alone) == []
    assert texts(per_picture(alone)) == {"only.png": ["0.630"]}


def test_picture_by_picture(usual):
    table = per_picture(usual)
    assert table.columns[1] == "bpp of wlc at 32 dB"
    assert texts(table)["a.png"] == ["0.630", "\N{MINUS SIGN}50.0", "+25.0"]
    assert texts(table)["fewer bits on"] == ["", "2 of 2", "0 of 2"]


def test_pictures_that_never_reach_32_db_are_read_elsewhere(curve, run):
    table = per_picture(run(curve("wlc", "wlc", psnrs=(20, 21, 22, 23))))
    assert table.columns[1] == "bpp of wlc at 22 dB"


def test_a_lossless_quality_and_no_codec_at_all(curve, run):
    exact = run(curve("wlc", "wlc", psnrs=(28, 31, 34, math.inf)), curve("jpeg", "JPEG", 2))
    assert headline(exact).rows[0][2].text == "28.0 to 34.0"
    assert headline(run()) is None and per_picture(run()) is None and matrices(run()) == []
