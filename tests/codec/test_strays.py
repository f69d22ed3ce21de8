import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wlc.bitstream.errors import CorruptFile
from wlc.strays import Strays


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.02, 0.5, 1.0]))
def test_they_come_back_and_lie_where_they_lay(height, width, seed, share):
    random = np.random.default_rng(seed)
    mask = random.random((height, width)) < share
    samples = random.integers(0, 256, (height, width, 3), dtype=np.uint8)
    strays = Strays.where(mask, samples)
    packed = strays.pack()
    assert Strays.unpack(b"ab" + packed + b"more", 2) == (strays, 2 + len(packed))
    for reduce in range(4):
        step = 1 << reduce
        shown = np.zeros_like(samples)[::step, ::step]
        strays.put_over(shown, width, reduce)
        assert np.array_equal(shown, np.where(mask[..., None], samples, 0)[::step, ::step])


def test_none_take_a_byte():
    assert Strays().pack() == b"\0"


def test_too_short_wherever_it_ends():
    packed = Strays((3, 300), b"abcdef").pack()
    for end in range(len(packed)):
        with pytest.raises(CorruptFile, match="too short"):
            Strays.unpack(packed[:end], 0)


def test_a_place_outside_of_the_tile():
    with pytest.raises(CorruptFile, match="outside"):
        Strays((12,), b"abc").check(12)
    Strays((11,), b"abc").check(12)
    Strays().check(0)
