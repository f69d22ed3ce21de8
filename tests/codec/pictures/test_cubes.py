"""Bands from `.npy` files: what is read, and every way in which such a file can be wrong."""

import io

import numpy as np
import pytest

from wlc.bitstream.errors import LimitExceeded, WlcError
from wlc.bitstream.limits import Limits
from wlc.pictures import read_picture
from wlc.pictures.formats import format_for, write_picture


def npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.dtype(">u2")])
@pytest.mark.parametrize("order", ["C", "F"])
def test_there_and_back(dtype, order):
    cube = np.array(np.arange(2 * 3 * 4).reshape(2, 3, 4), dtype, order=order)
    picture = read_picture(npy(cube))
    assert picture.layout == "BANDS" and not picture.has_alpha and (picture.height, picture.width) == (3, 4)
    assert np.array_equal(np.load(io.BytesIO(write_picture(picture, format_for("x.npy")))), cube)


def test_an_array_of_more_than_four_columns_is_bands():
    assert read_picture(np.zeros((3, 5, 6), np.uint8)).samples.shape == (5, 6, 3)
    assert read_picture(np.zeros((3, 5, 4), np.uint8)).layout == "RGBA"


def test_one_plane_is_one_band():
    assert read_picture(npy(np.zeros((5, 6), np.uint8))).samples.shape == (5, 6, 1)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (npy(np.zeros((2, 3, 4))), "float64"),
        (npy(np.zeros((2, 3, 4), np.int16)), "int16"),
        (npy(np.zeros(7, np.uint8)), r"\(7,\)"),
        (npy(np.zeros((2, 0, 4), np.uint8)), "bands, height, width"),
        (npy(np.zeros((2, 3, 4), np.uint8))[:-1], "cut off"),
        (npy(np.zeros((2, 3, 4), np.uint8)) + b"x", "too long"),
        (npy(np.zeros((2, 3, 4), np.uint8))[:40], "damaged"),
        (npy(np.array([[{}]], object)), "object"),
    ],
)
def test_what_is_refused(data, why):
    with pytest.raises(WlcError, match=why):
        read_picture(data)


def test_what_a_header_claims_is_not_believed():
    claimed = npy(np.zeros((2, 3, 4), np.uint8)).replace(b"(2, 3, 4)", b"(99999, 9999, 9999)".ljust(9))
    with pytest.raises(WlcError):
        read_picture(claimed)
    with pytest.raises(LimitExceeded):
        read_picture(npy(np.zeros((50, 3, 4), np.uint8)), Limits(pixels=100))
