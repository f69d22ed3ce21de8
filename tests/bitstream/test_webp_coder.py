"""The fallback coder is as exact as the first, and as careful with what it reads."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wlc.bitstream.errors import CorruptFile, UnsupportedFile
from wlc.bitstream.escapes import LARGEST_MAGNITUDE
from wlc.bitstream.webp_coder import decode, encode

SHAPES = st.lists(st.tuples(st.integers(0, 10), st.integers(0, 9), st.integers(0, 9)), max_size=4)


def sample_planes(shapes, scale=2.0, seed=0):
    rng = np.random.default_rng(seed)
    return [np.round(rng.laplace(0, scale, shape)).astype(np.int32) for shape in shapes]


@settings(deadline=None, max_examples=60)
@given(SHAPES, st.sampled_from([0.1, 2.0, 90.0, 1e5]))
def test_round_trip(shapes, scale):
    planes = sample_planes(shapes, scale)
    data = encode(planes)
    assert data == encode(planes)
    back = decode(data, shapes)
    assert [plane.dtype for plane in back] == [np.int32] * len(planes)
    for plane, other in zip(planes, back, strict=True):
        np.testing.assert_array_equal(plane, other)


def test_extremes():
    ends = np.array([0, 1, -1, 127, -127, 128, -128, LARGEST_MAGNITUDE, -LARGEST_MAGNITUDE], np.int32)
    planes = [ends.reshape(1, 1, -1), ends.reshape(9, 1, 1)]
    for plane, back in zip(planes, decode(encode(planes), [(1, 1, 9), (9, 1, 1)]), strict=True):
        np.testing.assert_array_equal(plane, back)
    with pytest.raises(ValueError, match="magnitude"):
        encode([ends.reshape(1, 1, -1) * 2])


def test_zeros_are_cheap():
    assert len(encode([np.zeros((144, 64, 64), np.int32)])) < 100
    assert encode([]) == b""
    assert encode([np.zeros((3, 0, 4), np.int32)]) == b""


def test_another_size_is_found_before_any_pixel_is_decoded():
    data = encode(sample_planes([(3, 8, 8)]))
    for shape in [(3, 8, 9), (6, 8, 8), (3, 16384, 16384)]:
        with pytest.raises((CorruptFile, UnsupportedFile)):
            decode(data, [shape])


@pytest.mark.parametrize("scale", [2.0, 400.0])
def test_every_truncation_is_corrupt(scale):
    shapes = [(3, 5, 6), (2, 3, 3)]
    data = encode(sample_planes(shapes, scale))
    for size in range(len(data)):
        with pytest.raises(CorruptFile):
            decode(data[:size], shapes)
    with pytest.raises(CorruptFile):
        decode(data + b"\0", shapes)


@pytest.mark.parametrize("scale", [2.0, 400.0])
def test_flipped_bits_never_leave_the_family(scale):
    shapes = [(3, 5, 6), (2, 3, 3)]
    data = encode(sample_planes(shapes, scale))
    for bit in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        try:
            planes = decode(bytes(flipped), shapes)
        except CorruptFile:
            continue
        assert [plane.shape for plane in planes] == shapes
        assert max(int(np.abs(plane).max()) for plane in planes) <= LARGEST_MAGNITUDE


def test_rubbish_where_nothing_should_be():
    with pytest.raises(CorruptFile):
        decode(b"x", [])
    with pytest.raises(CorruptFile):
        decode(b"", [(1, 1, 1)])


def test_it_needs_no_constriction():
    script = (
        "import sys; sys.modules['constriction'] = None\n"
        "import numpy as np\n"
        "from wlc.bitstream import range_coder, webp_coder\n"
        "from wlc.bitstream.errors import UnsupportedFile\n"
        "from wlc.bitstream.tables import SymbolTables\n"
        "assert not range_coder.available()\n"
        "planes = [np.arange(12, dtype=np.int32).reshape(3, 2, 2)]\n"
        "assert (webp_coder.decode(webp_coder.encode(planes), [(3, 2, 2)])[0] == planes[0]).all()\n"
        "try:\n"
        "    range_coder.RangeDecoder(b'', SymbolTables(np.array([[65535, 1]]), np.array([0])))\n"
        "except UnsupportedFile as error:\n"
        "    assert 'constriction' in str(error)\n"
        "else:\n"
        "    raise AssertionError\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
