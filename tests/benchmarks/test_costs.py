import sys

import pytest
import torch

from wlc.benchmarks import costs as costs_module
from wlc.benchmarks.codecs import Jpeg, JpegXl
from wlc.benchmarks.costs import costs_of

MEGABYTE = 2**20
TOY = """
import numpy as np
from PIL import Image

class Toy:
    '''Takes 120 MB to encode and nothing to decode.'''

    def missing(self):
        return None

    def encode(self, picture, quality):
        np.ones(120 * 2**20 // 8).sum()
        return picture.tobytes()

    def decode(self, data):
        return Image.frombytes("RGB", (104, 72), data)
"""


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """In a module that a fresh process can import."""
    (tmp_path / "toy_codec.py").write_text(TOY)
    monkeypatch.syspath_prepend(tmp_path)
    import toy_codec

    yield toy_codec.Toy()
    del sys.modules["toy_codec"]


def test_memory_of_each_way(toy, drawn):
    costs = costs_of(toy, drawn, 50)
    if costs.encode_memory is None:
        pytest.skip("this system does not tell how much memory a process takes")
    assert costs.encode_memory - costs.decode_memory == pytest.approx(120 * MEGABYTE, rel=0.1)


def test_multiply_adds_of_each_way(drawn, monkeypatch):
    class Net:
        """Its net is one matrix, and it runs only to decode."""

        def encode(self, picture, quality):
            return picture.tobytes()

        def decode(self, data):
            torch.zeros(2, 300) @ torch.zeros(300, 5)

    monkeypatch.setattr(costs_module, "peak_memory", lambda *_: 1)
    costs = costs_of(Net(), drawn, 50)
    assert costs.encode_kmac is None
    assert costs.decode_kmac == pytest.approx(2 * 300 * 5 / (104 * 72) / 1000)


@pytest.mark.parametrize("codec", [Jpeg(), JpegXl()], ids=lambda codec: codec.name)
def test_peers_have_memory_and_no_nets(codec, drawn):
    if codec.missing():
        pytest.skip(codec.missing())
    costs = costs_of(codec, drawn, 50)
    assert (costs.encode_kmac, costs.decode_kmac) == (None, None)
    for memory in (costs.encode_memory, costs.decode_memory):
        assert memory is None or 5 * MEGABYTE < memory < 200 * MEGABYTE
