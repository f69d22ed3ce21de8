"""Alpha comes back exactly, and a payload cannot make the reader allocate what the picture does not need."""

import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from wlc.bitstream.alpha import PREDICTORS, decode_alpha, encode_alpha
from wlc.bitstream.errors import CorruptFile

SHAPES = st.tuples(st.integers(1, 20), st.integers(1, 20))


@settings(deadline=None, max_examples=60)
@given(st.sampled_from([np.uint8, np.uint16]).flatmap(lambda dtype: arrays.arrays(dtype, SHAPES)))
def test_round_trip(samples):
    back = decode_alpha(encode_alpha(samples), *samples.shape, 8 * samples.dtype.itemsize)
    assert back.dtype == samples.dtype
    np.testing.assert_array_equal(back, samples)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_constant_takes_no_more_than_its_value(dtype):
    opaque = np.full((300, 500), np.iinfo(dtype).max, dtype)
    payload = encode_alpha(opaque)
    assert len(payload) == 1 + opaque.itemsize
    np.testing.assert_array_equal(decode_alpha(payload, 300, 500, 8 * opaque.itemsize), opaque)


@pytest.mark.parametrize("predictor", PREDICTORS)
def test_every_predictor_is_used_where_it_is_best(predictor):
    rng = np.random.default_rng(predictor)
    pictures = [
        rng.choice([0, 255], (64, 64)),
        np.cumsum(rng.integers(0, 3, (64, 64)), axis=1),
        np.cumsum(rng.integers(0, 3, (64, 64)), axis=0),
        np.cumsum(np.cumsum(rng.random((64, 64)) < 0.2, axis=0), axis=1),
    ]
    samples = pictures[predictor].astype(np.uint8)
    payload = encode_alpha(samples)
    assert payload[1] == predictor
    np.testing.assert_array_equal(decode_alpha(payload, 64, 64, 8), samples)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\0",
        b"\0\1\2",
        b"\1",
        b"\1\4" + zlib.compress(bytes(12)),
        b"\2\0" + zlib.compress(bytes(12)),
        b"\1\0rubbish",
        b"\1\0" + zlib.compress(bytes(11)),
        b"\1\0" + zlib.compress(bytes(13)),
        b"\1\0" + zlib.compress(bytes(10**7)),
        b"\1\0" + zlib.compress(bytes(12))[:-1],
        b"\1\0" + zlib.compress(bytes(12)) + b"\0",
    ],
)
def test_what_is_not_alpha_is_corrupt(payload):
    with pytest.raises(CorruptFile):
        decode_alpha(payload, 3, 4, 8)


@pytest.mark.parametrize("samples", [np.zeros((2, 2), np.int32), np.zeros(4, np.uint8), np.zeros((0, 4), np.uint8)])
def test_encoder_refuses_what_is_not_alpha(samples):
    with pytest.raises(ValueError, match="alpha"):
        encode_alpha(samples)
