"""Damages `.wlc` files in every way it can think of and sees that nothing but a `WlcError` comes out.

    wlc bench fuzz --count 200000 --seed 1 FILES...

Most damage is given correct checksums again: a checksum stops chance, and what is left to find stands behind
it.
"""

import random
import resource
import sys
import time
import tracemalloc
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from wlc.bitstream.chunks import SIGNATURE, read_chunk_header, write_chunk
from wlc.bitstream.container import read_container
from wlc.bitstream.errors import WlcError
from wlc.bitstream.head import FIXED_BYTES
from wlc.bitstream.limits import Limits
from wlc.bitstream.varint import read_varint, write_varint

TYPES = [b"HEAD", b"ALPH", b"TIDX", b"DATA", b"iCCp", b"eXIf", b"xMPd", b"neWx", b"NEWX", b"1234"]
TELLING_BYTES = [0, 1, 2, 4, 0x7F, 0x80, 0xFF]
DECODE_LIMITS = Limits(pixels=2**21, segments=2048)

Chunks = list[tuple[bytes, bytes]]


def split_chunks(data: bytes) -> Chunks:
    """The chunks of a sound file."""
    chunks, offset = [], len(SIGNATURE)
    while offset < len(data):
        header = read_chunk_header(data, offset)
        chunks.append((header.type, data[header.payload_start : header.payload_end]))
        offset = header.end
    return chunks


def join_chunks(chunks: Chunks) -> bytes:
    return SIGNATURE + b"".join(write_chunk(*chunk) for chunk in chunks)


def mutate_bytes(data: bytes, rng: random.Random) -> bytes:
    """One small change anywhere: a bit, a byte, or a stretch that is lost, doubled, zeroed or made up."""
    out = bytearray(data)
    if not out:
        return rng.randbytes(rng.randrange(1, 9))
    start = rng.randrange(len(out))
    end = min(len(out), start + rng.choice([1, 1, 2, 4, 8, 64, 1024]))
    kind = rng.randrange(7)
    if kind == 0:
        out[start] ^= 1 << rng.randrange(8)
    elif kind == 1:
        out[start] = rng.choice(TELLING_BYTES)
    elif kind == 2:
        del out[start:end]
    elif kind == 3:
        out[start:start] = out[start:end]
    elif kind == 4:
        out[start:end] = bytes(end - start)
    elif kind == 5:
        out[start:end] = rng.randbytes(end - start)
    else:
        del out[start:]
    return bytes(out)


def mutate_chunks(chunks: Chunks, rng: random.Random) -> Chunks:
    """One change of what the chunks are, with every frame correct afterwards."""
    chunks = list(chunks)
    at = rng.randrange(len(chunks))
    chunk_type, payload = chunks[at]
    kind = rng.randrange(12)
    if kind == 0:
        chunks.insert(rng.randrange(len(chunks) + 1), chunks[at])
    elif kind == 1:
        del chunks[at]
    elif kind == 2:
        other = rng.randrange(len(chunks))
        chunks[at], chunks[other] = chunks[other], chunks[at]
    elif kind == 3:
        chunks[at] = (rng.choice(TYPES), payload)
    elif kind == 4:
        chunks.insert(at, (rng.choice(TYPES), rng.randbytes(rng.choice([0, 1, 2, 20, 3000]))))
    elif kind < 8:
        chunks[0] = (chunks[0][0], _mutate_head(chunks[0][1], rng))
    else:
        chunks[at] = (chunk_type, mutate_bytes(payload, rng))
    return chunks


def _mutate_head(payload: bytes, rng: random.Random) -> bytes:
    if rng.random() < 0.2:
        sides = [rng.choice([0, 1, 63, 64, 65, 2**11, 2**16, 2**16 + 1, 2**32 - 1]) for _ in range(2)]
        return payload[:FIXED_BYTES] + b"".join(map(write_varint, sides))
    out = bytearray(payload)
    if out:
        out[rng.randrange(len(out))] = rng.choice([*TELLING_BYTES, *range(16), rng.randrange(256)])
    return bytes(out)


def repair_index(chunks: Chunks) -> Chunks:
    """TIDX with the true checksums again, and with a last segment that ends where DATA ends."""
    data = next((payload for chunk_type, payload in chunks if chunk_type == b"DATA"), None)
    return [
        (chunk_type, _repaired(payload, data) if chunk_type == b"TIDX" and data is not None else payload)
        for chunk_type, payload in chunks
    ]


def _repaired(index: bytes, data: bytes) -> bytes:
    lengths, offset = [], 0
    try:
        while offset < len(index) and len(index) - offset != 4 * len(lengths):
            length, offset = read_varint(index, offset)
            lengths.append(length)
    except WlcError:
        return index
    if not lengths or offset == len(index):
        return index
    rest = len(data) - sum(lengths[:-1])
    lengths[-1] = rest if rest >= 0 else lengths[-1]
    start, checksums = 0, b""
    for length in lengths:
        checksums += zlib.crc32(data[start : start + length]).to_bytes(4, "little")
        start += length
    return b"".join(map(write_varint, lengths)) + checksums


def mutations(files: list[bytes], rng: random.Random) -> Iterator[bytes]:
    """Endless damaged files: most with every checksum repaired, some only the frames', some none."""
    taken_apart = [split_chunks(data) for data in files]
    while True:
        number = rng.randrange(len(files))
        share = rng.random()
        if share < 0.15:
            yield mutate_bytes(files[number], rng)
            continue
        chunks = taken_apart[number]
        for _ in range(rng.choice([1, 1, 1, 2, 3])):
            chunks = mutate_chunks(chunks, rng) if chunks else [(b"HEAD", b"")]
        yield join_chunks(repair_index(chunks) if share < 0.85 else chunks)


def attempt(data: bytes, levels: int | None, decode: Callable[[bytes], object] | None) -> str:
    """The name of what happened. Whatever is not of the family goes through."""
    try:
        read_container(data, levels=levels)
        if decode is not None:
            decode(data)
    except WlcError as error:
        return type(error).__name__
    return "sound"


def _decoder() -> Callable[[bytes], object]:
    import wlc

    return lambda data: wlc.decompress(data, device="cpu", threads=1, limits=DECODE_LIMITS)


@click.command(help=__doc__)
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--count", default=10_000, show_default=True, help="How many damaged files to try.")
@click.option("--seed", default=1, show_default=True, help="The same seed damages in the same way.")
@click.option("--decode", is_flag=True, help="Decode to pixels what can be parsed, too.")
@click.option("--memory", default=None, type=int, help="MiB that one file may take: 16, or 2048 to decode.")
@click.option("--keep", type=click.Path(path_type=Path), help="Where to write a file that does harm.")
def fuzz(files: tuple[Path, ...], count: int, seed: int, decode: bool, memory: int | None, keep: Path | None):
    """Runs until `count`, or until something happens that must not."""
    most = (memory or (2048 if decode else 16)) << 20
    sound = [path.read_bytes() for path in files]
    run = _decoder() if decode else None
    kinds: Counter[str] = Counter()
    peak = 0
    rng = random.Random(seed)
    tracemalloc.start()
    begin = time.perf_counter()
    for number, data in zip(range(count), mutations(sound, rng), strict=False):
        held = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        try:
            kinds[attempt(data, rng.choice([None, None, 1, 2]), run)] += 1
            taken = tracemalloc.get_traced_memory()[1] - held
            peak = max(peak, taken)
            if taken > most:
                raise MemoryError(f"{taken} bytes for a file of {len(data)}")
        except BaseException:
            if keep is not None:
                keep.write_bytes(data)
            click.echo(f"mutation {number} of seed {seed} did harm", err=True)
            raise
    seconds = time.perf_counter() - begin
    for kind, times in kinds.most_common():
        click.echo(f"{times:>10,}  {kind}")
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    click.echo(f"{count / seconds:,.0f} files a second; at most {peak / 2**20:.2f} MiB for one of them, ", nl=False)
    click.echo(f"{resident:.0f} MiB resident in all")
