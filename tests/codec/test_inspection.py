"""What a file says of itself, without its weights, and whether it is whole."""

import numpy as np
import pytest

import wlc
from wlc.bitstream.container import Head, read_container, write_container
from wlc.bitstream.errors import CorruptFile, LimitExceeded, ModelNotFound, TruncatedFile, UnsupportedFile
from wlc.inspection import FileInfo, info, verify


@pytest.fixture(scope="module")
def data(drawn, srgb_profile) -> bytes:
    from wlc.encode import Encoder
    from wlc.pictures import Picture
    from wlc.pictures.metadata import Metadata

    return Encoder(Picture(drawn, Metadata(srgb_profile, b"MM\0*", b"<xmp/>"))).at(152)


def changed(data: bytes, **fields: object) -> bytes:
    """The same file with another HEAD, its checksums as they must be."""
    found = read_container(data)
    head = Head(**{**vars(found.head), **fields})
    return write_container(type(found)(head, found.ancillary, found.alpha, found.segments))


def test_what_a_file_says_of_itself(data, srgb_profile, tmp_path):
    found = info(data)
    assert (found.size, found.width, found.height) == (len(data), 129, 67)
    assert (found.layout, found.bit_depth, found.rate_index, found.quality) == ("RGBA", 8, 152, 60)
    assert found.bpp == pytest.approx(8 * len(data) / (129 * 67))
    assert (found.icc_size, found.exif_size, found.xmp_size) == (len(srgb_profile), 4, 6)
    assert len(found.level_sizes) == found.levels == 4 and found.tiles == 1
    assert sum(found.level_sizes) + found.icc_size + found.alpha_size < found.size
    assert found.model and len(found.fingerprint) == 16 and found.coder in ("range", "webp")
    path = tmp_path / "a.wlc"
    path.write_bytes(data)
    assert info(path) == info(str(path)) == found == verify(path) == verify(data, quick=True)
    assert isinstance(found, FileInfo)


def test_without_the_weights_there_is_still_much_to_say(data):
    orphan = changed(data, fingerprint=b"12345678")
    assert info(orphan).model is None and info(orphan).fingerprint == b"12345678".hex()
    verify(orphan, quick=True)
    with pytest.raises(ModelNotFound):
        verify(orphan)


@pytest.mark.parametrize("check", [info, lambda data: verify(data, quick=True), verify])
def test_damage_is_found(data, check):
    flipped = bytearray(data)
    flipped[len(data) // 2] ^= 4
    with pytest.raises(CorruptFile):
        check(bytes(flipped))
    with pytest.raises(TruncatedFile):
        check(data[:-1])
    with pytest.raises(CorruptFile):
        check(b"GIF89a")
    with pytest.raises(UnsupportedFile):
        newer = bytearray(data)
        newer[13] = 2  # the major version, after the signature and the frame of HEAD
        import zlib

        end = 13 + data[12]
        newer[end : end + 4] = zlib.crc32(bytes(newer[8:end])).to_bytes(4, "little")
        check(bytes(newer))


def test_limits(data):
    with pytest.raises(LimitExceeded):
        info(data, limits=wlc.Limits(pixels=100))
    with pytest.raises(LimitExceeded):
        verify(data, quick=True, limits=wlc.Limits(side=100))


def test_verify_decodes_down_to_the_symbols(data):
    """Checksums that are right over symbols that are not: only decoding finds that."""
    found = read_container(data)
    segments = (found.segments[0] + b"\0\0\0\1", *found.segments[1:])
    forged = write_container(type(found)(found.head, found.ancillary, found.alpha, segments))
    verify(forged, quick=True)
    with pytest.raises(CorruptFile):
        verify(forged)


def test_many_tiles(rgb):
    from wlc.encode import Encoder
    from wlc.pictures import Picture

    wide = Picture(np.tile(rgb, (9, 17, 1))[:600, :2100])
    found = info(Encoder(wide).at(0))
    assert found.tiles == 10 and len(found.level_sizes) == 4
