"""Real files, cut off at every byte and with every bit flipped: always the right error, never a picture."""

import numpy as np
import pytest

import wlc
from wlc.bitstream.container import read_container
from wlc.bitstream.errors import CorruptFile, TruncatedFile


def files() -> dict[str, bytes]:
    random = np.random.default_rng(0)
    rows, columns = np.mgrid[:40, :56]
    gradient = np.stack([rows * 4, columns * 4, rows + columns], axis=-1).astype(np.uint8)
    cut_out = np.concatenate([gradient, (gradient[..., :1] > 80) * np.uint8(255)], axis=-1)
    noise = random.integers(0, 2**16, (9, 20), dtype=np.uint16)
    return {
        "colour": wlc.compress(gradient, 30, device="cpu"),
        "transparent, WebP": wlc.compress(cut_out, 20, coder="webp", device="cpu"),
        "gray, 16 bits": wlc.compress(noise, 40, device="cpu"),
    }


FILES = files()


@pytest.mark.parametrize("name", FILES)
def test_every_truncation(name):
    data = FILES[name]
    for length in range(len(data)):
        with pytest.raises(TruncatedFile):
            read_container(data[:length])


@pytest.mark.parametrize("name", FILES)
def test_every_flipped_bit(name):
    data = FILES[name]
    for place in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[place // 8] ^= 1 << place % 8
        with pytest.raises(CorruptFile):
            read_container(bytes(flipped))


@pytest.mark.parametrize("name", FILES)
def test_the_front_door_refuses_them_too(name):
    data = FILES[name]
    with pytest.raises(TruncatedFile):
        wlc.decompress(data[:-1])
    flipped = bytearray(data)
    flipped[len(data) // 2] ^= 4
    with pytest.raises(CorruptFile):
        wlc.decompress(bytes(flipped))
