"""Files that were made once and are never to change: what they decode to, and what is made of the same pictures now."""

import numpy as np
import pytest
import torch

from wlc.bitstream.container import read_container
from wlc.decode import decode
from wlc.models.origins import STORED
from wlc.sample_tiles import NETS, PLAIN, WEBP_PICTURE, TileNote

from .golden.pictures import FOLDER, WITHIN, all_pictures, made

PICTURES = all_pictures()
DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU"))]


def stored(name: str) -> bytes:
    return FOLDER.joinpath(f"{name}.wlc").read_bytes()


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("name", PICTURES)
def test_golden_files_decode_to_what_they_were_made_of(name, device):
    samples = PICTURES[name]
    found = decode(stored(name), device=device).samples
    assert found.dtype == samples.dtype
    error = np.abs(found.astype(int) - samples).max()
    assert error == WITHIN.get(name, 0)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("name", PICTURES)
def test_the_same_pictures_make_the_same_files(name, threads):
    torch.set_num_threads(threads)
    assert made(name, PICTURES[name]) == stored(name)


def test_without_onednn():
    with torch.backends.mkldnn.flags(enabled=False):
        for name in ("shades-rgb", "deep-rgb", "within-2"):
            assert made(name, PICTURES[name]) == stored(name)


def test_every_kind_of_tile_is_among_them():
    methods = {name: read_container(stored(name)).segments[0][0] for name in PICTURES}
    assert methods.pop("drawing") == WEBP_PICTURE and methods.pop("noise") == PLAIN
    assert set(methods.values()) == {NETS}


def test_a_tile_with_an_origin_and_strays_is_among_them():
    note, _ = TileNote.unpack(read_container(stored("once-jpeg")).segments[0])
    assert note.has_origin and len(note.strays.places) == 3


def test_all_ways_of_half_size_chroma_are_among_them():
    names = {name: 3 + number for number, name in enumerate(("jpeg", "webp"))} | {"photo-cd": 7}
    for name, number in names.items():
        note, _ = TileNote.unpack(read_container(stored(f"half-chroma-{name}")).segments[0])
        assert note.stored is STORED[number]


def test_nothing_is_stored_that_is_not_drawn():
    assert {path.stem for path in FOLDER.glob("*.wlc")} == set(PICTURES)
