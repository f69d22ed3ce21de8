import pytest
from hypothesis import given
from hypothesis import strategies as st

from wlc.bitstream.errors import CorruptFile, UnsupportedFile
from wlc.models.groups import LEVELS
from wlc.models.reversible_colour import FIRST_ORIGIN, NUMBERS
from wlc.sample_tiles import NETS, PLAIN, WEBP_PICTURE, SampleTile, TileNote, alike, level_of
from wlc.strays import Strays

NOTES = [
    TileNote(PLAIN),
    TileNote(WEBP_PICTURE),
    *(TileNote(NETS, number, level) for number in range(NUMBERS) for level in range(13)),
    *(TileNote(NETS, number, 0, True) for number in range(NUMBERS)),
    TileNote(NETS, FIRST_ORIGIN, strays=Strays((0, 1, 700), b"abcdefghi")),
]


def test_every_note_comes_back():
    packed = [note.pack() for note in NOTES]
    assert len(set(packed)) == len(NOTES)
    for note, data in zip(NOTES, packed, strict=True):
        assert TileNote.unpack(data + b"rest") == (note, b"rest")
        assert TileNote.unpack(data) == (note, b"")
        for end in range(len(data)):
            with pytest.raises(CorruptFile):
                TileNote.unpack(data[:end])


def test_every_first_two_bytes_are_a_note_or_an_error():
    known = {note.pack()[:2] for note in NOTES if note.method == NETS}
    for first in range(256):
        for second in range(256):
            data = bytes([first, second])
            if first == NETS and second >> 4 >= FIRST_ORIGIN:
                data += bytes(1)  # no strays
            if first in (PLAIN, WEBP_PICTURE) or data[:2] in known:
                note, rest = TileNote.unpack(data)
                assert note.pack() + rest == data
            else:
                with pytest.raises(UnsupportedFile, match="newer wlc"):
                    TileNote.unpack(data)


@pytest.mark.parametrize("data", [b"", bytes([NETS])])
def test_too_short(data):
    with pytest.raises(CorruptFile):
        TileNote.unpack(data)


def test_splits_and_levels():
    assert [level_of(split) for split in range(7)] == [3, 2, 1, 0, 0, 0, 0]
    assert LEVELS == 4


@given(st.integers(1, 70), st.integers(1, 70), st.integers(0, 3))
def test_reduced_tiles_lie_side_by_side(height, width, reduce):
    """Tiles of 16: every sample of the smaller picture is in exactly one of them."""
    seen = []
    for top in range(0, height, 16):
        for left in range(0, width, 16):
            tile = SampleTile(0, top, left, min(16, height - top), min(16, width - left))
            rows, columns = tile.within(reduce)
            kept = range(top, top + tile.height)[:: 1 << reduce]
            assert [row << reduce for row in range(rows.start, rows.stop)] == list(kept)
            seen += [(y, x) for y in range(rows.start, rows.stop) for x in range(columns.start, columns.stop)]
    small = [(y, x) for y in range(-(-height >> reduce)) for x in range(-(-width >> reduce))]
    assert sorted(seen) == small


def test_alike_loses_nothing(monkeypatch):
    monkeypatch.setattr("wlc.sample_tiles._BATCH_SAMPLES", 10)
    things = [3, 9, 3, 3, 9, 4, 3, 20]
    found = list(alike(things, lambda thing: thing, lambda thing: thing))
    assert found == [[3, 3, 3], [3], [4], [9], [9], [20]]
