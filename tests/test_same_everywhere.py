"""One file, one picture: symbols never differ, wherever and however they are decoded; pixels by one level at most.

With the shipped weights, since that is what people's files are made with.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

import wlc.decode
import wlc.encode
import wlc.tiling
from wlc.bitstream.container import level_sizes, read_container
from wlc.bitstream.errors import TruncatedFile
from wlc.decode import decode, decode_symbols
from wlc.encode import Encoder
from wlc.loaded import by_fingerprint, by_name
from wlc.models.groups import GROUPS, LEVELS
from wlc.models.integer_layers import ACTIVATION_MAX, IntConv
from wlc.models.scale_nets import TABLES, ScaleNets, table_index
from wlc.models.symbols import choose_symbols
from wlc.pictures import Picture
from wlc.targets import psnr

# What oneDNN says when it is switched off and on again.
pytestmark = pytest.mark.filterwarnings("ignore:TF32 acceleration")

QUALITY = 120


def drawn(height: int, width: int) -> Picture:
    """Soft shades, hard edges, stripes of many widths and a little noise."""
    random = np.random.default_rng(11)
    y, x = np.mgrid[:height, :width] / 320
    shade = np.stack([x, y, 0.5 * (x + y)]) * 160 + 40
    for _ in range(25):
        row, column, radius = random.uniform(0, height / 320), random.uniform(0, width / 320), random.uniform(0.02, 0.2)
        stripes = 30 * np.sin(random.uniform(20, 500) * (x + random.uniform(-1, 1) * y))
        inside = (y - row) ** 2 + (x - column) ** 2 < radius**2
        shade = np.where(inside, random.uniform(20, 235, (3, 1, 1)) + stripes, shade)
    shade += random.normal(0, 2, shade.shape)
    return Picture(np.ascontiguousarray(shade.round().clip(0, 255).astype(np.uint8).transpose(1, 2, 0)))


@pytest.fixture(scope="module")
def picture() -> Picture:
    return drawn(256, 320)


@pytest.fixture(scope="module")
def encoder(picture: Picture) -> Encoder:
    return Encoder(picture, device="cpu")


@pytest.fixture(scope="module")
def one_tile(encoder: Encoder) -> bytes:
    return encoder.at(QUALITY)


@contextmanager
def tiled(tile_log2: int) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wlc.tiling, "UNTILED_PIXELS", 0)
        patch.setattr(wlc.tiling, "TILE_LOG2", tile_log2)
        yield


@pytest.fixture(scope="module")
def six_tiles(encoder: Encoder) -> bytes:
    """Of 128 pixels a side, those at the right of 64 by 128."""
    with tiled(7):
        return encoder.at(QUALITY)


@pytest.fixture(scope="module")
def reference(one_tile: bytes, six_tiles: bytes) -> dict[bytes, tuple[list[torch.Tensor], np.ndarray]]:
    """Symbols and pixels of both, as this process finds them by itself."""
    return {
        data: (decode_symbols(data, device="cpu"), decode(data, device="cpu").samples) for data in (one_tile, six_tiles)
    }


@pytest.fixture
def check(reference):
    """Decode both files again, in whatever surroundings the test has made, and compare."""

    def check(device: str = "cpu") -> None:
        for data, (symbols, samples) in reference.items():
            again = decode_symbols(data, device=device)
            assert all(torch.equal(one, other) for one, other in zip(symbols, again, strict=True))
            assert np.abs(decode(data, device=device).samples.astype(int) - samples).max() <= 1

    return check


def test_the_reader_sees_what_was_written(encoder, one_tile, six_tiles):
    for data, surroundings in ((one_tile, tiled(9)), (six_tiles, tiled(7))):
        with surroundings:
            encoder.at(QUALITY)
        written = encoder._symbols
        assert sum(int(x.count_nonzero()) for x in written) > 5000
        for one, other in zip(written, decode_symbols(data, device="cpu"), strict=True):
            assert torch.equal(one, other)


@pytest.mark.parametrize("onednn", [True, False])
@pytest.mark.parametrize("threads", [1, 2])
def test_threads_and_onednn(check, threads, onednn):
    torch.set_num_threads(threads)
    with torch.backends.mkldnn.flags(enabled=onednn):
        check()


@pytest.mark.parametrize("places", [1, 1 << 20])
def test_tiles_one_by_one_and_all_at_once(check, monkeypatch, places):
    monkeypatch.setattr(wlc.tiling, "_BATCH_PLACES", places)
    check()


@pytest.mark.parametrize("memory", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_memory_formats_and_wider_numbers(check, monkeypatch, memory, dtype):
    """In float64 the scale nets have room to spare: were float32 inexact, it would show here."""

    def otherwise(fingerprint: bytes, device: str):
        loaded = by_fingerprint(fingerprint, device)
        model = deepcopy(loaded.model)
        model.scale_nets.to(memory_format=memory, dtype=dtype)
        return replace(loaded, model=model)

    monkeypatch.setattr(wlc.decode, "by_fingerprint", otherwise)
    check()


def test_inside_autocast(check):
    """A caller's autocast is meant for the caller's nets; in bfloat16 the integers would not be integers."""
    with torch.autocast("cpu", torch.bfloat16):
        check()


@pytest.mark.parametrize("rate_index", [20, 120, 240])
def test_correction_nets_in_bfloat16_and_float32(monkeypatch, rate_index):
    """One processor multiplies bfloat16, another does not: the same integers, and pixels within one level."""
    picture = drawn(200, 264)
    seen = []
    for native in (True, False):
        wlc.loaded._load.cache_clear()
        monkeypatch.setattr(wlc.models.runtime, "multiplies_bfloat16", lambda native=native: native)
        loaded = by_name(None, "cpu")
        assert (next(loaded.model.decoder_net.parameters()).dtype == torch.bfloat16) is native
        assert all(tensor.dtype == torch.float32 for tensor in loaded.model.scale_nets.state_dict().values())
        if native:
            data = Encoder(picture, device="cpu").at(rate_index)
        seen.append((decode_symbols(data, device="cpu"), decode(data, device="cpu").samples.astype(int)))
    wlc.loaded._load.cache_clear()
    (symbols, pixels), (symbols_too, pixels_too) = seen
    assert all(torch.equal(one, other) for one, other in zip(symbols, symbols_too, strict=True))
    assert np.abs(pixels - pixels_too).max() <= 1


IN_ANOTHER_PROCESS = """
import sys
from pathlib import Path
import numpy as np
from wlc.decode import decode, decode_symbols
for path in map(Path, sys.argv[1:]):
    symbols = [x.numpy().astype(np.int32) for x in decode_symbols(path.read_bytes(), device="cpu")]
    np.savez(path.with_suffix(".npz"), decode(path.read_bytes(), device="cpu").samples, *symbols)
"""


def test_a_process_without_the_newer_instructions(reference, tmp_path):
    """As near as one machine comes to being another: no vector instructions beyond the oldest, one thread."""
    paths = [tmp_path / f"{number}.wlc" for number in range(len(reference))]
    for path, data in zip(paths, reference, strict=True):
        path.write_bytes(data)
    old_machine = {"ATEN_CPU_CAPABILITY": "default", "ONEDNN_MAX_CPU_ISA": "SSE41", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", IN_ANOTHER_PROCESS, *map(str, paths)]
    subprocess.run(command, env={**os.environ, **old_machine}, check=True)
    for path, (symbols, samples) in zip(paths, reference.values(), strict=True):
        with np.load(path.with_suffix(".npz")) as found:
            other_samples, *other_symbols = found.values()
        assert all(np.array_equal(one.numpy(), other) for one, other in zip(symbols, other_symbols, strict=True))
        assert np.abs(other_samples.astype(int) - samples).max() <= 1


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU that torch can use")
def test_on_a_gpu(check, picture, encoder):
    check("cuda")
    by_gpu = Encoder(picture, device="cuda")
    data = by_gpu.at(QUALITY)
    for one, other in zip(by_gpu._symbols, decode_symbols(data, device="cpu"), strict=True):
        assert torch.equal(one, other)


def test_tiles_of_the_usual_size():
    """A picture above the limit, which the test lowers: two by two tiles, of four shapes."""
    picture = drawn(600, 700)
    encoder = Encoder(picture, device="cpu")
    with tiled(wlc.tiling.TILE_LOG2):
        data = encoder.at(60)
    assert read_container(data).head.tile_count == 4
    for one, other in zip(encoder._symbols, decode_symbols(data, device="cpu"), strict=True):
        assert torch.equal(one, other)
    assert psnr(picture, decode(data, device="cpu")) > 22


def raw_bytes(seed: int) -> np.random.PCG64:
    """Numbers that no version of NumPy or PyTorch changes: the generator's own, without a distribution."""
    return np.random.PCG64(seed)


def whole_numbers(source: np.random.PCG64, shape: tuple[int, ...], below: int) -> torch.Tensor:
    numbers = source.random_raw(int(np.prod(shape))) >> np.uint64(20)
    return torch.from_numpy((numbers % np.uint64(below)).astype(np.float32).reshape(shape))


def drawn_nets() -> ScaleNets:
    """Scale nets whose weights are drawn integers, of a size that keeps activations and indices in the middle."""
    source = raw_bytes(1)
    nets = ScaleNets((8, 8, 12, 12, 16, 16), (2, 2), IntConv)
    for name, layer in nets.named_modules():
        if isinstance(layer, IntConv):
            fan_in = layer.weight[0].numel()
            reach = 100 * 127 * fan_in**0.5 / 2  # about as far as the accumulator goes
            wanted = 24 if name.endswith("head") else 100
            layer.shift.fill_(max(0, round(np.log2(reach / wanted))))
            layer.weight.copy_(whole_numbers(source, tuple(layer.weight.shape), 255) - 127)
            middle = 32 if name.endswith("head") else 60
            layer.bias.copy_((whole_numbers(source, tuple(layer.bias.shape), middle) + middle / 2) * 2**layer.shift)
            layer.prepare()
    return nets


def drawn_symbols(batch: int, height: int, width: int) -> list[torch.Tensor]:
    source = raw_bytes(2)
    symbols = []
    for group in GROUPS:
        shape = (batch, group.channels, height >> group.shift, width >> group.shift)
        large = whole_numbers(source, shape, 16) == 0
        symbols.append((whole_numbers(source, shape, 5) - 2) * torch.where(large, 29.0, 1.0))
    return symbols


@torch.no_grad()
def indices_of(nets: ScaleNets, symbols: list[torch.Tensor], qualities: torch.Tensor) -> list[torch.Tensor]:
    context = nets.start(qualities, *symbols[-1].shape[-2:])
    indices = []
    for group in symbols:
        indices += [table_index(context.first()), table_index(context.second(group))]
        context.take(group)
    return indices


def digest(indices: list[torch.Tensor]) -> str:
    whole = [x.to("cpu", torch.uint8).contiguous().numpy().tobytes() for x in indices]
    return hashlib.sha256(b"".join(whole)).hexdigest()[:16]


GOLDEN = "cc059c9a63f66de7"
DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU"))]


@pytest.mark.parametrize("device", DEVICES)
def test_golden_indices(device):
    """The same on every machine, in every version of PyTorch, for ever: an old file means what it meant."""
    nets = drawn_nets().to(device)
    symbols = [x.to(device) for x in drawn_symbols(3, 24, 40)]
    qualities = torch.tensor([7, 128, 250], device=device)
    indices = indices_of(nets, symbols, qualities)
    assert len(torch.cat([x.flatten() for x in indices]).unique()) > TABLES // 2
    assert digest(indices) == GOLDEN
    for memory in (torch.contiguous_format, torch.channels_last):
        nets.to(memory_format=memory)
        alone = [
            indices_of(nets, [x[i : i + 1].contiguous(memory_format=memory) for x in symbols], qualities[i : i + 1])
            for i in range(3)
        ]
        assert digest([torch.cat(parts) for parts in zip(*alone, strict=True)]) == GOLDEN
    for threads in (1, 2):
        torch.set_num_threads(threads)
        for onednn in (True, False):
            with torch.backends.mkldnn.flags(enabled=onednn):
                assert digest(indices_of(nets, symbols, qualities)) == GOLDEN


@pytest.mark.parametrize("kind", ["around", "mix"])
def test_full_activations_stay_exact(kind):
    """The shipped nets at their very limits: the largest activations wherever a weight is positive, and the others."""
    layers = [
        layer
        for name, layer in by_name(None, "cpu").model.scale_nets.named_modules()
        if isinstance(layer, IntConv) and name.endswith(kind)
    ]
    assert len(layers) >= 2 * len(GROUPS)
    for layer in layers:
        # One input for each output channel, the one that drives it furthest up.
        up = (layer.weight > 0).float() * ACTIVATION_MAX
        up = up.expand(-1, layer.groups * up.shape[1], -1, -1)  # (outputs, inputs, kernel, kernel)
        for x in (up, ACTIVATION_MAX - up):
            expected = deepcopy(layer).double()(x.double())
            assert torch.equal(layer(x).double(), expected)


@pytest.mark.parametrize("rate_index", [20, 120, 240])
def test_size_is_what_the_tables_promise(encoder, monkeypatch, rate_index):
    """Within 1.5 % and eight bytes a segment: nothing is lost between the model's bits and the file's."""
    groups = []

    def watched(*arguments):
        chosen = choose_symbols(*arguments)
        groups.extend(chosen)
        return chosen

    monkeypatch.setattr(wlc.encode, "choose_symbols", watched)
    data = encoder.at(rate_index)
    bits = by_name(None, "cpu").bits
    costs = [bits[x.indices.long(), x.symbols.abs().long().clamp(max=bits.shape[1] - 1)] for x in groups]
    ideal = sum(cost.double().sum().item() for cost in costs) / 8
    segments = sum(level_sizes(read_container(data)))
    assert abs(segments - ideal) <= 0.015 * ideal + 8 * LEVELS
    assert len(data) - segments < 120  # all that is not segments


def prefix(data: bytes, levels: int) -> bytes:
    """A file that breaks off right after the segments of so many levels."""
    crc = 4
    return data[: len(data) - crc - sum(level_sizes(read_container(data))[levels:])]


@pytest.mark.parametrize("reduce", [1, 2, 3])
def test_a_prefix_is_a_smaller_picture(picture, one_tile, six_tiles, reduce):
    size = (picture.width >> reduce, picture.height >> reduce)
    smaller = Picture(np.array(Image.fromarray(picture.samples).resize(size, Image.Resampling.BICUBIC)))
    for data in (one_tile, six_tiles):
        begun = prefix(data, LEVELS - reduce)
        shown = decode(begun, reduce=reduce, device="cpu")
        assert np.array_equal(shown.samples, decode(data, reduce=reduce, device="cpu").samples)
        assert shown.samples.shape == smaller.samples.shape
        assert psnr(smaller, shown) > 22
        assert len(begun) < len(data)
        with pytest.raises(TruncatedFile):
            decode(begun[:-1], reduce=reduce, device="cpu")
        with pytest.raises(TruncatedFile):
            decode(begun, reduce=reduce - 1, device="cpu")


def test_better_qualities_are_larger_and_better(picture, encoder):
    made = [encoder.at(rate_index) for rate_index in (*range(0, 255, 40), 255)]
    assert [len(data) for data in made] == sorted({len(data) for data in made})
    quality = [psnr(picture, decode(data, device="cpu")) for data in made]
    assert quality == sorted(quality)
    assert quality[-1] > 40


@pytest.mark.parametrize("level", [0, 93, 128, 255])
@pytest.mark.parametrize("rate_index", [60, 140, 200])
def test_flat_grey_stays_flat(level, rate_index):
    """The picture's border is no edge, though nets that pad it badly take it for one."""
    data = Encoder(Picture(np.full((200, 300, 3), level, np.uint8)), device="cpu").at(rate_index)
    assert len(data) < 300
    off = np.abs(decode(data, device="cpu").samples.astype(int) - level)
    assert off.max() <= 1
