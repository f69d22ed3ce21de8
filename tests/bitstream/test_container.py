"""A container comes back as it was, and nothing that is not one passes for one."""

import dataclasses
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wlc.bitstream.chunks import SIGNATURE, write_chunk
from wlc.bitstream.container import (
    Container,
    describe,
    level_sizes,
    read_container,
    read_head,
    write_container,
)
from wlc.bitstream.errors import CorruptFile, LimitExceeded, TruncatedFile, UnsupportedFile, WlcError
from wlc.bitstream.head import pack_head
from wlc.bitstream.limits import Limits
from wlc.bitstream.segment_index import index_segments, pack_index

from .samples import sample_containers, sample_head

SAMPLES = sample_containers()
NAMES = ["smallest", "levels", "everything"]
each_sample = pytest.mark.parametrize("container", SAMPLES, ids=NAMES)


@st.composite
def containers(draw):
    levels = draw(st.integers(1, 4))
    tile_log2 = draw(st.sampled_from([0, 6, 12]))
    layout = draw(st.integers(1, 4))
    sides = {"width": draw(st.integers(1, 200)), "height": draw(st.integers(1, 200))}
    head = sample_head(
        fingerprint=draw(st.binary(min_size=8, max_size=8)),
        coder=draw(st.integers(1, 2)),
        rate_index=draw(st.integers(0, 255)),
        bit_depth=draw(st.sampled_from([8, 16])),
        hints=draw(st.integers(0, 255)),
        minor=draw(st.integers(0, 255)),
        layout=layout,
        tile_log2=tile_log2,
        levels=levels,
        **sides,
    )
    types = draw(st.lists(st.sampled_from([b"iCCp", b"eXIf", b"xMPd", b"zzZz"]), unique=True))
    alpha = draw(st.binary(max_size=20)) if head.has_alpha else None
    segments = tuple(draw(st.binary(max_size=12)) for _ in range(head.segment_count))
    return Container(head, tuple((name, draw(st.binary(max_size=9))) for name in types), alpha, segments)


@settings(deadline=None, max_examples=100)
@given(containers())
def test_round_trip(container):
    data = write_container(container)
    assert read_container(data) == container
    assert read_container(bytearray(data)) == container
    assert read_head(data) == container.head
    assert write_container(read_container(data)) == data


@each_sample
def test_every_truncation_is_truncated(container):
    data = write_container(container)
    for size in range(len(data)):
        with pytest.raises(TruncatedFile):
            read_container(data[:size])


@each_sample
@pytest.mark.parametrize("levels", [None, 1])
def test_every_flipped_bit_is_found(container, levels):
    """An asked-for prefix is no excuse: while the whole file is there, all of it is checked."""
    data = write_container(container)
    for bit in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises((CorruptFile, UnsupportedFile)):
            read_container(flipped, levels=levels)


@each_sample
def test_bytes_after_the_end_are_refused(container):
    with pytest.raises(CorruptFile, match="goes on after"):
        read_container(write_container(container) + b"\0")


def test_empty_and_foreign_files():
    with pytest.raises(TruncatedFile):
        read_container(b"")
    with pytest.raises(TruncatedFile):
        read_container(SIGNATURE[:5])
    for foreign in (b"\x89PNG\r\n\x1a\n", b"\x97WLC\n\n\x1a\n", b"\x97WLc", b"no"):
        with pytest.raises(CorruptFile, match="not a wlc file") as caught:
            read_container(foreign)
        assert not isinstance(caught.value, TruncatedFile)


def chunks_of(container: Container) -> dict[bytes, bytes]:
    """The payloads as `write_container` would frame them."""
    chunks = {b"HEAD": pack_head(container.head), **dict(container.ancillary)}
    if container.alpha is not None:
        chunks[b"ALPH"] = container.alpha
    if container.head.segment_count > 1:
        chunks[b"TIDX"] = pack_index(index_segments(container.segments))
    return {**chunks, b"DATA": b"".join(container.segments)}


def frame(chunks) -> bytes:
    pairs = chunks.items() if isinstance(chunks, dict) else chunks
    return SIGNATURE + b"".join(write_chunk(*pair) for pair in pairs)


def test_frame_is_what_the_writer_writes():
    for container in SAMPLES:
        assert frame(chunks_of(container)) == write_container(container)


ORDER = [b"HEAD", b"iCCp", b"eXIf", b"xMPd", b"abCd", b"ALPH", b"TIDX", b"DATA"]


@pytest.mark.parametrize("first", range(len(ORDER)))
@pytest.mark.parametrize("second", range(len(ORDER)))
def test_only_ancillary_chunks_may_change_places(first, second):
    pairs = list(chunks_of(SAMPLES[2]).items())
    assert [pair[0] for pair in pairs] == ORDER
    pairs[first], pairs[second] = pairs[second], pairs[first]
    free = range(1, 5)
    if first == second or (first in free and second in free):
        assert read_container(frame(pairs)).segments == SAMPLES[2].segments
    else:
        with pytest.raises(CorruptFile):
            read_container(frame(pairs))


@pytest.mark.parametrize("place", range(len(ORDER)))
def test_no_chunk_may_come_twice(place):
    pairs = list(chunks_of(SAMPLES[2]).items())
    with pytest.raises(CorruptFile):
        read_container(frame(pairs[: place + 1] + pairs[place:]))


@pytest.mark.parametrize("missing", [b"HEAD", b"ALPH", b"TIDX"])
def test_what_head_promises_must_be_there(missing):
    chunks = chunks_of(SAMPLES[2])
    del chunks[missing]
    with pytest.raises(CorruptFile):
        read_container(frame(chunks))


def test_what_head_does_not_promise_must_not_be_there():
    alpha, index = {b"ALPH": b"\0\0"}, {b"TIDX": pack_index(index_segments([b"a"]))}
    for extra in (alpha, index):
        chunks = chunks_of(SAMPLES[0])
        with pytest.raises(CorruptFile):
            read_container(frame({b"HEAD": chunks[b"HEAD"], **extra, b"DATA": chunks[b"DATA"]}))


def test_unknown_chunks():
    head, data = chunks_of(SAMPLES[0]).items()
    assert read_container(frame([head, (b"neWx", b"?"), data])).ancillary == ((b"neWx", b"?"),)
    with pytest.raises(UnsupportedFile, match="needs a newer wlc"):
        read_container(frame([head, (b"NEWX", b"?"), data]))
    with pytest.raises(CorruptFile, match="four letters"):
        read_container(frame([head, (b"ne1x", b"?"), data]))


def head_payload(at: int, value: int) -> bytes:
    payload = bytearray(pack_head(sample_head(levels=1)))
    payload[at] = value
    return frame({b"HEAD": bytes(payload), b"DATA": b""})


@pytest.mark.parametrize(
    ("at", "value", "error"),
    [
        (0, 0, CorruptFile),
        (0, 2, UnsupportedFile),
        (2, 1, UnsupportedFile),
        (12, 0, UnsupportedFile),
        (12, 3, UnsupportedFile),
        (14, 0, UnsupportedFile),
        (14, 6, UnsupportedFile),
        (15, 10, UnsupportedFile),
        (16, 5, UnsupportedFile),
        (16, 13, UnsupportedFile),
        (17, 0, UnsupportedFile),
        (17, 5, UnsupportedFile),
        (18, 0, CorruptFile),
        (19, 0, CorruptFile),
        (19, 0x80, CorruptFile),
    ],
)
def test_head_fields_that_version_1_does_not_define(at, value, error):
    with pytest.raises(error) as caught:
        read_container(head_payload(at, value))
    assert ("newer wlc" in str(caught.value)) == (error is UnsupportedFile)


def test_minor_version_and_hints_are_no_reason_to_refuse():
    assert read_container(head_payload(1, 9)).head.minor == 9
    assert read_container(head_payload(3, 9)).head.hints == 9


@pytest.mark.parametrize("change", [b"", b"\1", slice(0, 17), slice(0, -1)])
def test_head_of_the_wrong_length(change):
    payload = pack_head(sample_head(levels=1))
    payload = payload[change] if isinstance(change, slice) else change and payload + change
    with pytest.raises(CorruptFile):
        read_container(frame({b"HEAD": payload, b"DATA": b""}))


def test_large_pictures_need_tiles():
    large = pack_head(sample_head(levels=1, tile_log2=12, width=2**12, height=2**11))
    payload = large[:16] + b"\0" + large[17:]
    with pytest.raises(UnsupportedFile, match="without tiles"):
        read_container(frame({b"HEAD": payload, b"DATA": b""}))
    with pytest.raises(ValueError, match="without tiles"):
        write_container(Container(sample_head(levels=1, width=2**12, height=2**11), (), None, (b"",)))


@pytest.mark.parametrize(
    ("limits", "what"),
    [
        (Limits(pixels=6999), "6999"),
        (Limits(side=99), "side"),
        (Limits(segments=7), "segments"),
        (Limits(chunks=7), "chunks"),
        (Limits(icc=6), "ICC"),
        (Limits(ancillary=17), "metadata"),
    ],
)
def test_limits(limits, what):
    data = write_container(SAMPLES[2])
    with pytest.raises(LimitExceeded, match=what):
        read_container(data, limits)
    exact = Limits(pixels=7000, side=100, segments=8, chunks=8, icc=7, ancillary=18)
    assert read_container(data, exact) == SAMPLES[2]


def test_limits_come_before_the_list_of_tiles():
    """2^52 tiles fit into twenty bytes of HEAD; nobody may begin to count them."""
    head = pack_head(sample_head(tile_log2=6, width=2**32 - 1, height=2**32 - 1))
    with pytest.raises(LimitExceeded):
        read_container(frame({b"HEAD": head, b"TIDX": b"", b"DATA": b""}), Limits(side=2**33, pixels=2**65))


def lying_index(change) -> bytes:
    chunks = chunks_of(SAMPLES[1])
    chunks[b"TIDX"] = bytes(change(bytearray(chunks[b"TIDX"])))
    return frame(chunks)


@pytest.mark.parametrize(
    "change",
    [
        lambda index: index[:-1],
        lambda index: index + b"\0",
        lambda index: b"",
        lambda index: b"\x04" + index[1:],
        lambda index: b"\x04\x00\x10" + index[3:],
        lambda index: b"\x83\x00" + index[1:],
        lambda index: b"\xff\xff\xff\xff\x0f" + index[1:],
        lambda index: b"\xff" * 20,
        lambda index: index[:-1] + bytes([index[-1] ^ 1]),
    ],
)
def test_lying_index(change):
    with pytest.raises(CorruptFile) as caught:
        read_container(lying_index(change))
    assert not isinstance(caught.value, TruncatedFile)


@pytest.mark.parametrize("container", SAMPLES[1:], ids=NAMES[1:])
def test_a_prefix_holds_whole_levels(container):
    data = write_container(container)
    after = len(data) - sum(map(len, container.segments)) - 4
    tiles = container.head.tile_count
    for levels in range(1, container.head.levels + 1):
        wanted = container.segments[: levels * tiles]
        end = after + sum(map(len, wanted))
        for cut in range(end, len(data) + 1):
            part = read_container(data[:cut], levels=levels)
            assert part == dataclasses.replace(container, segments=wanted)
        assert level_sizes(part) == [
            sum(map(len, wanted[level * tiles : (level + 1) * tiles])) for level in range(levels)
        ]
        if wanted[-1]:
            with pytest.raises(TruncatedFile):
                read_container(data[: end - 1], levels=levels)


def test_a_prefix_is_checked_too():
    data = write_container(SAMPLES[1])
    body = bytearray(data[: len(data) - 4 - 140])
    body[-1] ^= 1
    with pytest.raises(CorruptFile, match="segment 2 does not match"):
        read_container(body, levels=3)
    assert len(read_container(body, levels=2).segments) == 2


def test_more_levels_than_there_are_is_all_of_them():
    assert read_container(write_container(SAMPLES[0]), levels=4) == SAMPLES[0]
    with pytest.raises(ValueError, match="at least one"):
        read_container(write_container(SAMPLES[0]), levels=0)


@each_sample
def test_description_accounts_for_every_byte(container):
    data = write_container(container)
    chunks = describe(data)
    assert [name for name, _ in chunks] == [name.decode() for name in chunks_of(container)]
    assert len(SIGNATURE) + sum(size for _, size in chunks) == len(data)


def test_damaged_and_too_new_are_different_errors():
    """A flipped bit in the version is damage; a version with its checksum is the future."""
    data = bytearray(write_container(SAMPLES[0]))
    data[13] = 2
    with pytest.raises(CorruptFile, match="checksum"):
        read_container(data)
    data[33:37] = zlib.crc32(data[8:33]).to_bytes(4, "little")
    with pytest.raises(UnsupportedFile, match="format version 2"):
        read_container(data)


@pytest.mark.parametrize(
    "changes",
    [
        {"segments": ()},
        {"alpha": b"\0\0"},
        {"ancillary": ((b"iCCp", b""), (b"iCCp", b""))},
        {"ancillary": ((b"NEWX", b""),)},
        {"ancillary": ((b"new", b""),)},
        {"head": sample_head(levels=1, fingerprint=b"short")},
        {"head": sample_head(levels=1, coder=3)},
        {"head": sample_head(levels=1, width=0)},
    ],
)
def test_the_writer_refuses_what_no_reader_accepts(changes):
    with pytest.raises(ValueError):
        write_container(dataclasses.replace(SAMPLES[0], **changes))


def test_every_message_is_one_sentence_without_a_file_name():
    """Whoever knows the name puts it in front."""
    data = write_container(SAMPLES[1])
    for size in range(len(data)):
        try:
            read_container(data[:size])
        except WlcError as error:
            assert str(error).startswith("this ")
            assert "\n" not in str(error)


@each_sample
def test_cut_off_anywhere_after_the_first_level(container):
    """Whole segments come, the others do not; before the first level is there, nothing does."""
    data = write_container(container)
    sizes = [len(segment) for segment in container.segments]
    start = len(data) - 4 - sum(sizes)
    needed = container.head.tile_count
    for length in range(len(data) + 1):
        inside = [sum(sizes[: n + 1]) + start <= length for n in range(len(sizes))].count(True)
        if inside < needed or (container.head.segment_count == 1 and length < len(data)):
            with pytest.raises(TruncatedFile):
                read_container(data[:length], cut_off=True)
        else:
            found = read_container(data[:length], cut_off=True)
            assert found.segments == container.segments[:inside]
            assert (found.head, found.ancillary, found.alpha) == (container.head, container.ancillary, container.alpha)


def test_what_is_there_of_a_file_cut_off_must_be_sound():
    data = bytearray(write_container(SAMPLES[1]))
    place = len(data) - 4 - sum(map(len, SAMPLES[1].segments)) + 4  # in the third segment
    data[place] ^= 1
    with pytest.raises(CorruptFile):
        read_container(bytes(data[: place + 40]), cut_off=True)
    assert len(read_container(bytes(data[: place + 2]), cut_off=True).segments) == 2
