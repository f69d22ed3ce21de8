"""Every place once, and only neighbours that are known by then."""

import numpy as np
import pytest

from wlc.bitstream.lattice import passes


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (2, 2), (5, 7), (8, 8), (17, 3)])
def test_every_place_is_coded_once_after_its_neighbours(size):
    known = np.zeros(size[0] * size[1], bool)
    for one in passes(*size):
        if one.around is not None:
            assert one.around.shape == (4, len(one.places)) and known[one.around].all()
        assert len(one.places) and not known[one.places].any()
        assert len(set(one.places.tolist())) == len(one.places)
        known[one.places] = True
    assert known.all()


def test_the_last_places_lie_between_their_nearest_neighbours():
    last = passes(8, 8)[-1]
    rows, columns = np.divmod(last.places, 8)
    assert ((rows + columns) % 2 == 1).all()
    inside = (rows > 0) & (rows < 7) & (columns > 0) & (columns < 7)
    for place, around in zip(last.places[inside], last.around[:, inside].T, strict=True):
        assert sorted(around.tolist()) == sorted([place - 8, place - 1, place + 1, place + 8])


def test_beyond_the_edge_is_what_is_there():
    corner = passes(2, 2)[1]
    assert corner.places.tolist() == [3] and corner.around[:, 0].tolist() == [0, 0, 0, 0]
    beside = passes(1, 2)[1]
    assert beside.places.tolist() == [1] and beside.around[:, 0].tolist() == [0, 0, 0, 0]
