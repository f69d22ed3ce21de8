"""The tiles cover the picture, each pixel once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wlc.bitstream.errors import CorruptFile, LimitExceeded
from wlc.bitstream.head import BANDS, check_head_limits, pack_head, tiles, unpack_head
from wlc.bitstream.limits import Limits
from wlc.bitstream.varint import write_varint

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


@pytest.mark.parametrize("bands", [1, 5, 4096])
def test_bands_are_counted_where_the_layout_says_so(bands):
    head = sample_head(layout=BANDS, bands=bands)
    assert unpack_head(pack_head(head)) == head and head.colours == bands and not head.has_alpha
    assert len(pack_head(head)) == len(pack_head(sample_head())) + len(write_varint(bands))


@pytest.mark.parametrize("bands", [0, 4097])
def test_no_bands_and_too_many_are_refused(bands):
    packed = pack_head(sample_head(layout=BANDS, bands=1))[:-1] + write_varint(bands)
    with pytest.raises(CorruptFile, match="bands"):
        unpack_head(packed)


def test_bands_count_as_pixels():
    check_head_limits(sample_head(layout=BANDS, bands=9, width=10, height=10), Limits(pixels=300))
    with pytest.raises(LimitExceeded):
        check_head_limits(sample_head(layout=BANDS, bands=10, width=10, height=10), Limits(pixels=300))
