"""The specification and the code say the same."""

import re
from importlib.resources import files

import numpy as np

from wlc.bitstream import errors, limits
from wlc.bitstream.container import RANGE, Container, Head, L, read_container, write_container
from wlc.bitstream.range_coder import RangeDecoder, RangeEncoder
from wlc.bitstream.tables import SymbolTables

from . import reference_range_coder as reference

FORMAT = (files("wlc.bitstream") / "FORMAT.md").read_text("utf-8")
ROWS = [[9000, 47000, 9000, 536], [1, 65533, 1, 1]]
SYMBOLS, INDICES = [0, 1, -1, 0, 77, 0, -3], [0, 0, 0, 1, 0, 1, 1]
HEAD = Head(bytes.fromhex("0123456789abcdef"), RANGE, 40, L, 8, 0, 2, 24, 16)


def printed_file() -> bytes:
    data = b""
    for line in re.search(r"```hexdump\n(.*?)```", FORMAT, re.DOTALL).group(1).splitlines():
        offset, row, _ = re.fullmatch(r"([0-9a-f]{2})  ((?:[0-9a-f]{2} )+) *(\S.*)", line).groups()
        assert int(offset, 16) == len(data)
        data += bytes.fromhex(row)
    return data


def test_the_printed_file_is_what_the_writer_writes():
    encoder = RangeEncoder(SymbolTables(np.array(ROWS), np.array([1, 1])))
    encoder.encode(np.array(SYMBOLS), np.array(INDICES, np.uint8))
    container = Container(HEAD, (), None, (encoder.finish(), b""))
    assert write_container(container) == printed_file()
    assert read_container(printed_file()) == container


def test_both_range_coders_read_the_printed_segment():
    segment = read_container(printed_file()).segments[0]
    decoder = RangeDecoder(segment, SymbolTables(np.array(ROWS), np.array([1, 1])))
    assert decoder.decode(np.array(INDICES, np.uint8)).tolist() == SYMBOLS
    decoder.finish()
    assert reference.decode(segment, [INDICES], ROWS) == [SYMBOLS]


def test_the_printed_limits_and_exit_codes_are_the_real_ones():
    defaults = limits.DEFAULT_LIMITS
    for name, value in re.findall(r"^\| `(\w+)` \| (\d) \|", FORMAT, re.MULTILINE):
        assert getattr(errors, name).exit_code == int(value)
    rows = dict(re.findall(r"^\| ((?:pixels|segments|chunks|bytes)[^|]*) \| ([^|]*) \|$", FORMAT, re.MULTILINE))
    assert rows == {
        "pixels": f"2^{defaults.pixels.bit_length() - 1}",
        "pixels on a side": f"{defaults.side:,}",
        "segments": f"{defaults.segments:,}",
        "chunks": f"{defaults.chunks}",
        "bytes of `iCCp`": f"{defaults.icc >> 20} MiB",
        "bytes of all other ancillary chunks together": f"{defaults.ancillary >> 20} MiB",
    }
    assert defaults.pixels == 2**28
