from wlc.benchmarks.codecs import Jpeg
from wlc.benchmarks.same_size import nearest_size


def test_finds_the_finest_file_within_the_budget(drawn):
    budget = len(Jpeg().encode(drawn, 62)) + 1
    found = nearest_size(Jpeg(), drawn, budget)
    assert found.within_budget and len(found.data) <= budget
    assert len(Jpeg().encode(drawn, found.quality + 1)) > budget


def test_says_when_even_the_coarsest_is_too_large(drawn):
    found = nearest_size(Jpeg(), drawn, budget=10)
    assert (found.quality, found.within_budget) == (0, False)
