"""Every sample has one place, and the picture stays within what WebP can count."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from wlc.bitstream.mosaic import MOST_SIDE, compose, lay_out, take_apart

SHAPES = st.lists(st.tuples(st.integers(0, 13), st.integers(0, 9), st.integers(0, 9)), max_size=5)


@settings(deadline=None)
@given(SHAPES)
def test_round_trip(shapes):
    rng = np.random.default_rng(0)
    planes = [rng.integers(0, 256, shape, dtype=np.uint8) for shape in shapes]
    mosaic = lay_out(shapes)
    picture = compose(mosaic, planes)
    assert picture.shape == (mosaic.height, mosaic.width, 3)
    for plane, back in zip(planes, take_apart(mosaic, picture, shapes), strict=True):
        np.testing.assert_array_equal(back, plane)


def test_three_channels_in_a_row_are_one_colour_picture():
    planes = [np.arange(3 * 2 * 2, dtype=np.uint8).reshape(3, 2, 2)]
    picture = compose(lay_out([(3, 2, 2)]), planes)
    np.testing.assert_array_equal(picture, planes[0].transpose(1, 2, 0))


def test_no_side_is_too_long():
    for shapes in (
        [(144, 8, 8192)],
        [(144, 8192, 8)],
        [(144, 512, 512), (36, 512, 512)],
        [(3, 1, 30000)],
        [(9, 64, 3000), (1, 30000, 2)],
        [(1, 32768, 32)],
        [(1, 32, 32768)],
    ):
        mosaic = lay_out(shapes)
        assert max(mosaic.height, mosaic.width) <= MOST_SIDE


def test_the_picture_is_not_much_larger_than_its_bands():
    for shapes in ([(144, 64, 96)], [(12, 8, 12), (9, 16, 24), (9, 32, 48)], [(3, 512, 768)]):
        mosaic = lay_out(shapes)
        area = sum(channels // 3 * height * width for channels, height, width in shapes)
        assert mosaic.height * mosaic.width <= 1.5 * area
