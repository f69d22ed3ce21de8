import pytest

from .set_runs import made_results


def test_bits_are_weighted_by_samples():
    ours, webp = made_results().rows
    assert ours.bits_per_sample("large") == pytest.approx(8 * 5_250_000 / 12e6)  # not the mean of 2 and 4
    assert ours.ideal_bits_per_sample("large") == pytest.approx(39e6 / 12e6)
    assert webp.ideal_bits_per_sample("large") is None


def test_an_equal_size_is_not_smaller():
    ours, webp = made_results().rows
    assert (ours.smaller_than(webp), webp.smaller_than(ours)) == (2, 0)


def test_speed_is_that_of_all_sets():
    ours, _ = made_results().rows
    assert ours.speed("encode") == pytest.approx(5 / 1.5) and ours.speed("decode") == pytest.approx(5 / 0.75)


def test_a_row_is_found_by_its_codec():
    results = made_results()
    assert results.row("webp-lossless") is results.rows[1] and results.row("png") is None
    assert results.pictures == 3
