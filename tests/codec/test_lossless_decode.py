"""Parts of files, damaged files, and files that somebody has forged under right checksums."""

from contextlib import suppress

import numpy as np
import pytest
import torch

import wlc
from wlc.bitstream.container import WEBP, Container, level_sizes, read_container, write_container
from wlc.bitstream.errors import CorruptFile, TruncatedFile, UnsupportedFile, WlcError
from wlc.bitstream.varint import write_varint
from wlc.decode import decode
from wlc.inspection import info, verify
from wlc.lossless_encode import LosslessEncoder
from wlc.models import weights
from wlc.models.groups import LEVELS
from wlc.models.reversible_colour import FIRST_ORIGIN, NUMBERS
from wlc.pictures import Picture
from wlc.sample_tiles import NETS, PLAIN, WEBP_PICTURE

pytestmark = pytest.mark.usefixtures("tiny_lossless")


def tiled(samples: np.ndarray, tile_log2: int, **options: object) -> bytes:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("wlc.lossless_encode.short_tile_log2_for", lambda height, width: tile_log2)
        patch.setattr("wlc.lossless_encode.looks_drawn", lambda samples: False)
        return LosslessEncoder(Picture(samples), **options).file()


@pytest.fixture(
    scope="module", params=["colour", "gray with alpha", "16 bits", "repeated", "near-lossless", "tiles", "origin"]
)
def made(request, tiny_lossless, drawn, once_jpeg) -> tuple[bytes, np.ndarray]:
    """Files of several kinds and what they show."""
    torch.set_num_threads(1)
    wide = drawn[..., :3] * np.uint16(190) + np.random.default_rng(0).integers(0, 190, (67, 129, 3), np.uint16)
    samples = {
        "gray with alpha": drawn[..., [0, 3]],
        "16 bits": wide,
        "repeated": drawn[..., :3] * np.uint16(257),
        "tiles": drawn[:40, :90, :3],
        "origin": once_jpeg,
    }.get(request.param, drawn[..., :3])
    data = tiled(samples, 6 if request.param == "tiles" else 0, max_error=3 * (request.param == "near-lossless"))
    shown = decode(data).samples
    assert request.param == "near-lossless" or np.array_equal(shown, samples)
    return data, shown


def boundaries(data: bytes) -> list[int]:
    """How long a prefix is after each segment."""
    found = read_container(data)
    ends = np.cumsum([len(segment) for segment in found.segments])
    return [int(end) for end in ends + (len(data) - 4 - ends[-1])]


@pytest.mark.parametrize("reduce", [1, 2, 3])
def test_reduced_is_every_so_many_samples(made, reduce):
    """Exactly; only alpha is a mean."""
    data, shown = made
    small = decode(data, reduce=reduce).samples
    colours = shown.shape[2] - (shown.shape[2] in (2, 4))
    expected = shown[:: 2**reduce, :: 2**reduce]
    assert small.shape == expected.shape
    assert np.array_equal(small[..., :colours], expected[..., :colours])
    tiles = read_container(data).head.tile_count
    begun = data[: boundaries(data)[(LEVELS - reduce) * tiles - 1]]
    assert np.array_equal(decode(begun, reduce=reduce).samples, small)
    with pytest.raises(TruncatedFile):
        decode(begun[:-1], reduce=reduce)
    with pytest.raises(TruncatedFile):
        decode(begun, reduce=reduce - 1)


@pytest.mark.parametrize("reduce", [1, 2, 3])
def test_reduced_with_half_size_chroma(once_halved, reduce):
    """Luma of every so many pixels, and chroma as it was stored, which is about what they had."""
    data = LosslessEncoder(Picture(once_halved)).file()
    small = decode(data, reduce=reduce).samples
    expected = once_halved[:: 2**reduce, :: 2**reduce]
    assert small.shape == expected.shape
    assert np.abs(small.astype(int) - expected).mean() < 6
    assert np.array_equal(decode(data, reduce=reduce).samples, small)


@pytest.mark.parametrize("upto", [0.2, 0.5, 0.9])
def test_half_size_chroma_of_a_file_cut_off(once_halved, upto):
    data = LosslessEncoder(Picture(once_halved)).file()
    shown = wlc.decompress(data, upto=int(upto * len(data)))
    assert shown.size == (129, 67)
    assert np.abs(np.asarray(shown).astype(int) - once_halved).mean() < 30


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (4, 4), (5, 1), (6, 9), (9, 17)])
@pytest.mark.parametrize("colours", [1, 3])
def test_reduced_where_there_is_hardly_anything(size, colours):
    y, x = np.mgrid[: size[0], : size[1]]
    samples = np.stack([100 + 5 * x + 3 * y + k for k in range(colours)], axis=-1).astype(np.uint8)
    for coder in ("range", "webp"):
        data = wlc.compress(samples, lossless=True, coder=coder)
        for reduce in range(4):
            assert np.array_equal(decode(data, reduce=reduce).samples, samples[:: 2**reduce, :: 2**reduce])


def mean_error(data: bytes, shown: np.ndarray, length: int) -> float:
    seen = decode(data, upto=length).samples
    assert seen.shape == shown.shape and seen.dtype == shown.dtype
    return float(np.abs(seen.astype(float) - shown).mean())


def test_upto_every_segment(made):
    data, shown = made
    tiles = read_container(data).head.tile_count
    ends = boundaries(data)
    errors = [mean_error(data, shown, length) for length in ends[tiles - 1 :]]
    levels = errors[::tiles]
    assert levels == sorted(levels, reverse=True) and levels[0] > 1.5 * levels[-2] > levels[-1] == 0
    for length in (ends[tiles - 1] - 1, ends[0] // 2, 20, 8, 3, 0):
        with pytest.raises(TruncatedFile):
            decode(data, upto=length)


def test_upto_between_segments_shows_the_segments_before(made):
    data, _ = made
    tiles = read_container(data).head.tile_count
    ends = boundaries(data)
    before, after = ends[2 * tiles - 1], ends[2 * tiles]
    expected = decode(data, upto=before).samples
    assert np.array_equal(decode(data, upto=(before + after) // 2).samples, expected)
    assert np.array_equal(decode(data[: after - 1], upto=10**9).samples, expected)
    with pytest.raises(TruncatedFile):
        decode(data[: after - 1])


@pytest.mark.parametrize("more", [0, 1, 1000])
def test_upto_all_of_it(made, more):
    data, shown = made
    assert np.array_equal(decode(data, upto=len(data) + more).samples, shown)
    assert np.array_equal(decode(data, upto=len(data) - 4).samples, shown)  # without the last checksum


def test_upto_and_reduced(made):
    data, shown = made
    tiles = read_container(data).head.tile_count
    begun = decode(data, upto=boundaries(data)[tiles - 1], reduce=1).samples
    assert begun.shape == shown[::2, ::2].shape
    whole = decode(data, upto=len(data), reduce=1).samples
    assert np.array_equal(whole, decode(data, reduce=1).samples)


def test_upto_of_a_file_with_one_level(drawn):
    """Drawings come whole or not at all."""
    samples = np.where(drawn[..., :1] > 99, np.uint8([9, 9, 9]), np.uint8([250, 0, 0]))
    data = wlc.compress(samples, lossless=True)
    assert read_container(data).head.levels == 1
    assert np.array_equal(decode(data, upto=len(data)).samples, samples)
    with pytest.raises(TruncatedFile):
        decode(data, upto=len(data) - 5)


def test_through_the_front_door(made):
    data, shown = made
    found = verify(data)
    assert found == info(data) and found.max_error in (0, 3) and found.model == "lossless"
    if shown.dtype == np.uint8:
        assert np.array_equal(np.array(wlc.decompress(data)), shown)
        begun = wlc.decompress(data, upto=boundaries(data)[-2])
        assert begun.size == shown.shape[1::-1]


@pytest.fixture(scope="module")
def small(tiny_lossless, drawn) -> bytes:
    return LosslessEncoder(Picture(drawn[:20, 30:62, :3])).file()


def test_every_damaged_byte(small):
    for place in range(len(small)):
        for flip in (1, 0x80, 0xFF):
            damaged = bytearray(small)
            damaged[place] ^= flip
            with pytest.raises(CorruptFile):
                decode(bytes(damaged))


def test_every_truncation(small):
    for length in range(0, len(small), 3):
        with pytest.raises(TruncatedFile):
            decode(small[:length])


def forged(data: bytes, change) -> bytes:
    """The same file with other segments, under right checksums."""
    found = read_container(data)
    return write_container(Container(found.head, found.ancillary, found.alpha, tuple(change(list(found.segments)))))


def with_head(data: bytes, **fields: object) -> bytes:
    found = read_container(data)
    head = type(found.head)(**{**vars(found.head), **fields})
    return write_container(Container(head, found.ancillary, found.alpha, found.segments))


@pytest.mark.filterwarnings("ignore:invalid value encountered in cast")
@pytest.mark.parametrize("seed", range(4))
def test_forged_segments_never_leave_the_family(small, seed):
    """A picture of the right size, or an error of the family: nothing else, whatever the symbols say."""
    random = np.random.default_rng(seed)
    refused = 0
    for _ in range(25):
        level = int(random.integers(LEVELS))

        def change(segments: list[bytes], level: int = level) -> list[bytes]:
            body = bytearray(segments[level])
            start = 2 if level == 0 else 0
            kind = random.integers(4)
            if kind == 0 and len(body) > start:
                body[int(random.integers(start, len(body)))] ^= int(random.integers(1, 256))
            elif kind == 1:
                body += random.bytes(int(random.integers(1, 9)))
            elif kind == 2:
                body = body[: int(random.integers(start, len(body) + 1))]
            else:
                body[start:] = random.bytes(int(random.integers(0, 2 * len(body) + 1)))
            segments[level] = bytes(body)
            return segments

        try:
            assert decode(forged(small, change)).samples.shape == (20, 32, 3)
        except CorruptFile:
            refused += 1
    assert refused >= 15


@pytest.mark.filterwarnings("ignore:invalid value encountered in cast")
@pytest.mark.parametrize("depth", [8, 16])
def test_every_forged_note(drawn, depth):
    """All transforms and levels that a note can name, over symbols that were coded for one of them."""
    samples = drawn[:9, 30:47, :3].astype(np.uint8 if depth == 8 else np.uint16)
    samples = samples if depth == 8 else samples * np.uint16(201)
    data = LosslessEncoder(Picture(samples)).file()
    note = read_container(data).segments[0][1]
    for second in range(256):
        if second == note:
            continue

        def change(segments: list[bytes], second: int = second) -> list[bytes]:
            return [bytes([NETS, second]) + segments[0][2:], *segments[1:]]

        transform, level = second >> 4, second & 15
        if transform >= NUMBERS or level in (13, 14):
            with pytest.raises(UnsupportedFile):
                decode(forged(data, change))
        elif level == 15 and depth == 8 or transform >= FIRST_ORIGIN and level < 15 and depth == 16:
            with pytest.raises(CorruptFile):
                decode(forged(data, change))
        elif transform in (0, 3) and level % 3 == 0:
            with suppress(CorruptFile):
                assert decode(forged(data, change)).samples.shape == samples.shape


@pytest.mark.parametrize(
    ("first", "error"),
    [
        (b"", CorruptFile),
        (bytes([NETS]), CorruptFile),
        (bytes([NETS, 0]), CorruptFile),
        (bytes([PLAIN]), CorruptFile),
        (bytes([WEBP_PICTURE]), CorruptFile),
        (bytes([PLAIN]) + bytes(20 * 32 * 3), CorruptFile),  # sound, but there are more segments
        (bytes([3, 0]), UnsupportedFile),
        (bytes([255]), UnsupportedFile),
    ],
)
def test_forged_first_segments(small, first, error):
    with pytest.raises(error):
        decode(forged(small, lambda segments: [first, *segments[1:]]))


def test_forged_strays(once_jpeg, drawn):
    data = LosslessEncoder(Picture(once_jpeg)).file()
    first = read_container(data).segments[0]
    assert first[1] >> 4 == FIRST_ORIGIN and first[2] == 2  # strays
    outside = write_varint(once_jpeg[..., 0].size)
    for strays in (b"\xff\xff\x03", b"\x01" + outside + b"abc", b"\x80\x00"):

        def change(segments: list[bytes], strays: bytes = strays) -> list[bytes]:
            return [first[:2] + strays + first[3:], *segments[1:]]

        with pytest.raises(CorruptFile):
            decode(forged(data, change))
    gray = LosslessEncoder(Picture(drawn[..., :1])).file()
    with pytest.raises(CorruptFile, match="origin"):
        decode(forged(gray, lambda segments: [_with_origin(segments[0]), *segments[1:]]))


def _with_origin(gray: bytes) -> bytes:
    """A gray picture's first segment that claims an origin, and no strays."""
    return bytes([NETS, FIRST_ORIGIN << 4]) + b"\0" + gray[2:]


def test_notes_about_a_step_that_none_can_be(drawn, monkeypatch):
    """An encoder that writes wider numbers than there are, in a sound file."""
    monkeypatch.setattr("wlc.step_notes._width", lambda numbers: 11)
    data = LosslessEncoder(Picture(drawn[..., :3])).file()
    monkeypatch.undo()
    with pytest.raises(CorruptFile, match="a number of 11 bits where 10 are the most"):
        decode(data)


def test_a_plain_tile_may_have_empty_segments(small):
    black = forged(small, lambda segments: [bytes([PLAIN]) + bytes(20 * 32 * 3), b"", b"", b""])
    assert not decode(black).samples.any()


def test_forged_heads(small):
    with pytest.raises(CorruptFile, match="without the range coder"):
        decode(with_head(small, coder=WEBP))
    for fields in ({"width": 33}, {"height": 19}, {"layout": 1}, {"bit_depth": 16}, {"rate_index": 255}):
        try:
            decode(with_head(small, **fields))
        except WlcError as error:
            assert isinstance(error, CorruptFile)


def test_a_model_of_the_other_kind_does_not_read_it(small, drawn):
    """A fingerprint exchanged: neither kind makes sense of the other's segments, and says so."""
    installed = {name: fingerprint for fingerprint, name in weights.installed().items()}
    with pytest.raises(WlcError):
        decode(with_head(small, fingerprint=installed["photo"]))
    lossy = wlc.compress(drawn[:64, :64, :3], 50)
    with pytest.raises(WlcError):
        decode(with_head(lossy, fingerprint=installed["lossless"]))


def test_levels_of_the_file():
    """Each level halves the distance between samples, so the last one holds most of the bytes."""
    samples = np.random.default_rng(0).normal(128, 9, (90, 110, 3)).astype(np.uint8)
    sizes = level_sizes(read_container(wlc.compress(samples, lossless=True)))
    assert len(sizes) == LEVELS and sizes == sorted(sizes) and sizes[3] > 0.6 * sum(sizes)
