"""The tiles cover the picture, each pixel once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wlc.bitstream.head import pack_head, tiles, unpack_head

from .samples import sample_head


@given(st.integers(1, 300), st.integers(1, 300), st.sampled_from([0, 6, 7]))
def test_tiles_cover_the_picture_once(height, width, tile_log2):
    head = sample_head(height=height, width=width, tile_log2=tile_log2)
    covered = np.zeros((height, width), int)
    for top, left, rows, columns in tiles(head):
        assert rows > 0 and columns > 0
        covered[top : top + rows, left : left + columns] += 1
    assert (covered == 1).all()
    assert len(tiles(head)) == head.tile_count
    assert head.segment_count == 4 * head.tile_count


def test_tiles_go_row_by_row():
    head = sample_head(height=70, width=130, tile_log2=6)
    assert tiles(head) == [
        (0, 0, 64, 64),
        (0, 64, 64, 64),
        (0, 128, 64, 2),
        (64, 0, 6, 64),
        (64, 64, 6, 64),
        (64, 128, 6, 2),
    ]


@pytest.mark.parametrize("side", [1, 127, 128, 65536])
def test_round_trip(side):
    head = sample_head(height=side, tile_log2=12)
    assert unpack_head(pack_head(head)) == head
