from dataclasses import replace

from wlc.benchmarks.page.summary import summary


def said(results):
    return [sentence.replace("\N{NO-BREAK SPACE}", " ") for sentence in summary(results)]


def test_says_in_words_what_the_tables_say(usual):
    sentences = said(usual)
    assert sentences[0] == "At equal PSNR, wlc needs 50 % fewer bits than JPEG 4:2:0 and 25 % more than AVIF."
    assert sentences[1].startswith("At equal MS-SSIM, wlc needs 50 % fewer")
    assert "AVIF is the hardest to beat here: wlc needs fewer bits on 0 of 2 pictures" in sentences[3]
    assert "published curve of vtm, again at equal PSNR, it needs 100 % more bits" in sentences[4]
    assert "encodes 2.00 and decodes 4.00 megapixels a second on A processor" in sentences[5]
    assert sentences[6] == "Without loss, wlc lossless takes 2.00 bits a sample: it needs 50 % fewer bits than PNG."


def test_of_many_published_curves_only_the_ends(usual):
    usual.published["x"] = [(2 * rate, reached) for rate, reached in usual.published["vtm"]]
    usual.published["bpg"] = [(1.5 * rate, reached) for rate, reached in usual.published["vtm"]]
    assert any(
        "Against 3 published curves" in s and "between as many bits (x) and 100 % more (vtm)" in s for s in said(usual)
    )


def test_equal_codecs_need_as_many_bits(curve, run):
    assert "wlc needs as many bits as Twin." in said(run(curve("wlc", "wlc"), curve("twin", "Twin")))[0]


def test_siblings_count_only_where_there_is_nobody_else(curve, run):
    assert "Sibling" in said(run(curve("wlc", "wlc"), curve("wlc-x", "Sibling", 2)))[0]
    both = run(curve("wlc", "wlc"), curve("wlc-x", "Sibling", 2), curve("jpeg", "JPEG", 2))
    assert "Sibling" not in said(both)[0]


def test_a_sibling_is_named_where_it_does_better(curve, run):
    """Only there: tuned for something else, it needs more bits at equal PSNR and fewer by another measure."""
    sibling = curve("wlc-visual", "wlc visual", 1.2)
    sibling.trials = [replace(trial, ssimulacra2=trial.ssimulacra2 * 1.3) for trial in sibling.trials]
    sentences = said(run(curve("wlc", "wlc"), curve("wlc-webp", "WebP coder", 1.4), sibling, curve("jpeg", "JPEG", 2)))
    assert [sentence.split(" needs ")[0] for sentence in sentences[:4]] == [
        "At equal PSNR, wlc",
        "At equal MS-SSIM, wlc",
        "At equal SSIMULACRA2, wlc",
        "At equal SSIMULACRA2, wlc visual",
    ]
    assert sentences[3].endswith("fewer bits than JPEG.")


def test_one_codec_has_its_speed_and_no_codec_has_nothing(curve, run):
    assert len(said(run(curve("wlc", "wlc")))) == 1
    assert said(run()) == []
