import math

from wlc.benchmarks.page.tables import NOTHING, delta, memory, number, signed, speed


def test_numbers_bear_a_real_minus_and_say_when_there_is_none():
    assert number(-1.25, 1) == "\N{MINUS SIGN}1.2"
    assert (number(None, 2), number(math.nan, 2), number(math.inf, 2)) == (NOTHING, NOTHING, "∞")


def test_what_rounds_to_zero_has_no_sign():
    assert (signed(0.04, 1), signed(-0.04, 1)) == ("0.0", "0.0")
    assert (signed(3.0, 1), signed(-3.0, 1)) == ("+3.0", "\N{MINUS SIGN}3.0")


def test_fewer_bits_are_good_and_more_decibels_are():
    assert (delta(-5.0).tone, delta(5.0).tone, delta(0.01).tone) == ("fewer", "more", "")
    assert (delta(0.5, more_is_better=True).tone, delta(-0.5, more_is_better=True).tone) == ("fewer", "more")


def test_speeds_keep_about_three_digits():
    assert [speed(value) for value in (123.4, 12.34, 1.234, 0.01234)] == ["123", "12.3", "1.23", "0.012"]


def test_memory_is_in_mebibytes():
    assert memory(1536 * 2**20) == "1,536"
