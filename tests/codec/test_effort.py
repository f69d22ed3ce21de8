import pytest

from wlc.effort import DEFAULT_EFFORT, MOST_EFFORT, ROUNDS, rounds_for


def test_each_effort_takes_longer_than_the_one_before():
    assert len(ROUNDS) == MOST_EFFORT + 1 == 10 and list(ROUNDS) == sorted(set(ROUNDS))
    assert rounds_for(DEFAULT_EFFORT) == 0


@pytest.mark.parametrize("effort", [-1, 10, 2.5])
def test_what_is_no_effort(effort):
    with pytest.raises(ValueError, match="effort goes from 0 to 9"):
        rounds_for(effort)
