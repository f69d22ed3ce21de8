from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wlc.bitstream import plain_tile
from wlc.bitstream.errors import CorruptFile
from wlc.bitstream.varint import write_varint
from wlc.bitstream.webp_coder import encode_picture

WAYS = {
    "raw": (plain_tile.encode_raw, plain_tile.decode_raw),
    "webp": (plain_tile.encode_webp, plain_tile.decode_webp),
}


def noise(height: int, width: int, colours: int, depth: int, seed: int = 0) -> np.ndarray:
    dtype = np.uint8 if depth == 8 else np.uint16
    return np.random.default_rng(seed).integers(0, 1 << depth, (height, width, colours), dtype)


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=25)
@given(st.integers(1, 20), st.integers(1, 20), st.sampled_from([1, 3]), st.sampled_from([8, 16]), st.integers(0, 99))
def test_there_and_back(way, height, width, colours, depth, seed):
    encode, decode = WAYS[way]
    for samples in (noise(height, width, colours, depth, seed), np.zeros_like(noise(height, width, colours, depth))):
        back = decode(encode(samples), height, width, colours, depth)
        assert back.dtype == samples.dtype
        assert np.array_equal(back, samples)


@pytest.mark.parametrize("way", WAYS)
def test_samples_that_are_a_cut_of_something_larger(way):
    """Not contiguous, as tiles are."""
    encode, decode = WAYS[way]
    cut = noise(30, 40, 4, 16)[3:20, 5:30, :3]
    assert np.array_equal(decode(encode(cut), 17, 25, 3, 16), cut)


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("colours", [1, 3])
def test_raw_has_no_byte_too_many(colours, depth):
    samples = noise(9, 7, colours, depth)
    data = plain_tile.encode_raw(samples)
    assert len(data) == samples.nbytes
    if depth == 16:
        assert data[0] == samples.flat[0] >> 8 and data[samples.size] == samples.flat[0] & 255
    for wrong in (data[:-1], data + b"\0", b"", data[: len(data) // 2], data * 2):
        with pytest.raises(CorruptFile):
            plain_tile.decode_raw(wrong, 9, 7, colours, depth)


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("colours", [1, 3])
def test_webp_cut_off_or_gone_on(colours, depth):
    data = plain_tile.encode_webp(noise(9, 7, colours, depth))
    for length in range(len(data)):
        with pytest.raises(CorruptFile):
            plain_tile.decode_webp(data[:length], 9, 7, colours, depth)
    for more in (b"\0", b"\1", data):
        with pytest.raises(CorruptFile):
            plain_tile.decode_webp(data + more, 9, 7, colours, depth)


def test_webp_of_another_size_or_depth():
    data = plain_tile.encode_webp(noise(9, 7, 3, 8))
    for height, width, depth in ((7, 9, 8), (9, 8, 8), (1, 1, 8), (9, 7, 16)):
        with pytest.raises(CorruptFile):
            plain_tile.decode_webp(data, height, width, 3, depth)
    with pytest.raises(CorruptFile):
        plain_tile.decode_webp(plain_tile.encode_webp(noise(9, 7, 3, 16)), 9, 7, 3, 8)


def test_webp_whose_length_lies():
    picture = encode_picture(noise(9, 7, 3, 8))
    for length in (0, 1, len(picture) - 1, len(picture) + 1, 2**32 - 1):
        with pytest.raises(CorruptFile):
            plain_tile.decode_webp(write_varint(length) + picture, 9, 7, 3, 8)
    with pytest.raises(CorruptFile):  # a length that is itself too long
        plain_tile.decode_webp(b"\xff" * 9 + picture, 9, 7, 3, 8)


@settings(max_examples=60)
@given(st.binary(max_size=80), st.integers(0, 10_000))
def test_rubbish_never_leaves_the_family(rubbish, place):
    whole = plain_tile.encode_webp(noise(9, 7, 3, 16))
    place %= len(whole)
    for data in (rubbish, whole[:place] + rubbish + whole[place + len(rubbish) :]):
        with suppress(CorruptFile):
            assert plain_tile.decode_webp(data, 9, 7, 3, 16).shape == (9, 7, 3)
