"""The groups of real files: what stands in them, and what they cost."""

import numpy as np
import pytest
import torch

import wlc
import wlc.encode
from wlc.bitstream.container import level_sizes, read_container
from wlc.coded_groups import _ideal_bits, coded_groups
from wlc.decode import decode_symbols
from wlc.encode import Encoder
from wlc.loaded import by_name
from wlc.pictures import Picture


@pytest.fixture(scope="module")
def data(rgb) -> bytes:
    return wlc.compress(rgb, 90, device="cpu")


def test_symbols_and_bytes_are_those_of_the_file(data):
    coded = coded_groups(data, device="cpu")
    assert (coded.head.width, coded.head.height, coded.size) == (129, 67, len(data))
    for one, written in zip(coded.groups, decode_symbols(data, device="cpu"), strict=True):
        assert np.array_equal(one.symbols, written[0].numpy()) and one.bits > 0
    sizes = level_sizes(read_container(data))
    bits = [one.bits for one in coded.groups]
    assert [sum(bits[:3]), *bits[3:]] == pytest.approx([8 * size for size in sizes])


def test_a_part_of_a_file_has_a_part_of_the_groups(data):
    whole = coded_groups(data, device="cpu").groups
    for levels, count in ((1, 3), (2, 4), (3, 5)):
        some = coded_groups(data, levels=levels, device="cpu").groups
        assert [one.bits for one in some] == pytest.approx([one.bits for one in whole[:count]])


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("tile_log2", [0, 6])
def test_the_tables_cost_what_the_coder_wrote(rgb, monkeypatch, channels, tile_log2):
    """Nearly: a coder ends every segment with a few bits, and the tables underrate very large symbols."""
    monkeypatch.setattr(wlc.encode, "tile_log2_for", lambda _height, _width: tile_log2)
    container = read_container(Encoder(Picture(rgb[..., :channels]), device="cpu", coder="range").at(230))
    symbols = decode_symbols(wlc.encode.write_container(container), device="cpu")
    with torch.no_grad():
        costs = _ideal_bits(container.head, symbols, by_name(None, "cpu"))
    sizes = level_sizes(container)
    assert costs[5] == pytest.approx(8 * sizes[3], rel=0.03)
    assert sum(costs[:3]) == pytest.approx(8 * sizes[0], rel=0.1)
