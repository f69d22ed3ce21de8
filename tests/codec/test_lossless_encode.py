"""Whole files and back: every sample as it was, or within its bound, and never much larger than the samples."""

import io
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

import wlc
import wlc.decode
import wlc.lossless_encode
from wlc.bitstream.container import WEBP, Container, read_container, write_container
from wlc.bitstream.errors import LimitExceeded, ModelNotFound, WlcError
from wlc.bitstream.head import WITHIN_LEVELS
from wlc.bitstream.tables import SymbolTables, quantise_frequencies
from wlc.decode import decode
from wlc.inspection import info, verify
from wlc.lossless_encode import LosslessEncoder
from wlc.models import weights
from wlc.models.halved_chroma import Between, EverySecond
from wlc.models.origins import JPEG, PHOTO_CD, STORED, Stored
from wlc.models.reversible_colour import FIRST_ORIGIN
from wlc.pictures import Picture
from wlc.residuals import TABLE_COUNT
from wlc.sample_tiles import NETS, PLAIN, WEBP_PICTURE, TileNote
from wlc.targets import finished

pytestmark = [pytest.mark.usefixtures("tiny_lossless"), pytest.mark.filterwarnings("ignore:TF32 acceleration")]

SIZES = [(1, 1), (1, 7), (9, 1), (23, 34), (67, 129)]
LAYOUTS = {1: [0], 2: [0, 3], 3: [0, 1, 2], 4: [0, 1, 2, 3]}


def compressed(samples: np.ndarray, **options: object) -> bytes:
    """As it comes out of the front door; checked to show what it should."""
    max_error = options.get("max_error", 0)
    data = wlc.compress(samples, **{"lossless": "max_error" not in options, **options})
    samples = samples if samples.ndim == 3 else samples[:, :, np.newaxis]
    back = decode(data).samples
    assert back.shape == samples.shape and back.dtype == samples.dtype
    assert np.abs(back.astype(np.int64) - samples).max() <= max_error
    if samples.shape[2] in (2, 4):
        assert np.array_equal(back[..., -1], samples[..., -1])
    return data


def noise(height: int, width: int, channels: int, depth: int = 8, seed: int = 0) -> np.ndarray:
    dtype = np.uint8 if depth == 8 else np.uint16
    return np.random.default_rng(seed).integers(0, 1 << depth, (height, width, channels), dtype)


def smooth(height: int, width: int, colours: int = 3, sigma: float = 2.0) -> np.ndarray:
    """16 bits: shades, and noise as wide as so many levels of 8 bits."""
    y, x = np.mgrid[:height, :width]
    shades = [120 + 80 * np.sin(x / (29 + 7 * k)) + 40 * np.cos(y / (17 + 3 * k)) for k in range(colours)]
    samples = np.stack(shades, axis=-1) + np.random.default_rng(3).normal(0, sigma, (height, width, colours))
    return (samples * 257).round().clip(0, 65535).astype(np.uint16)


def methods(data: bytes) -> list[int]:
    """How each tile is coded."""
    found = read_container(data)
    return [segment[0] for segment in found.segments[: found.head.tile_count]]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("channels", LAYOUTS)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_all_layouts(drawn, channels, dtype, size):
    samples = drawn[: size[0], : size[1], LAYOUTS[channels]]
    if dtype == np.uint16:
        samples = samples * np.uint16(200) + samples
    data = compressed(samples)
    compressed(samples, max_error=3)
    assert len(data) <= samples.nbytes + 100
    if size == (67, 129) and channels > 2:
        assert methods(data) == [NETS] and len(data) < samples.nbytes
    found = verify(data)
    assert (found.max_error, found.quality, found.layout) == (0, None, ("L", "LA", "RGB", "RGBA")[channels - 1])


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (7, 1), (16, 16), (100, 120)])
@pytest.mark.parametrize("channels", LAYOUTS)
@pytest.mark.parametrize("depth", [8, 16])
def test_noise_takes_hardly_more_than_its_samples(channels, depth, size):
    samples = noise(*size, channels, depth)
    assert len(compressed(samples)) <= samples.nbytes + 100


def test_noise_of_several_tiles_does_not_pay_for_each():
    samples = noise(1200, 1100, 3)
    data = compressed(samples)
    assert len(data) <= samples.nbytes + 100 and set(methods(data)) == {PLAIN}


def test_every_tiny_size():
    """All that has no split at all, or one."""
    for height, width in [(h, w) for h in (1, 2, 3, 4, 5, 8) for w in (1, 2, 4, 5, 6)]:
        wide = smooth(height, width, 1 if (height + width) % 3 else 3, 0.1)
        compressed(wide)
        compressed((wide >> 8).astype(np.uint8))


@pytest.mark.parametrize("level", [0, 93, 255])
def test_flat_is_nearly_nothing(level):
    assert len(compressed(np.full((300, 400, 3), level, np.uint8))) < 200
    assert len(compressed(np.full((300, 400), 256 * level + 9, np.uint16))) < 300


def test_smooth_is_much_less():
    samples = (smooth(200, 264) >> 8).astype(np.uint8)
    data = compressed(samples)
    assert methods(data) == [NETS] and len(data) < 0.65 * samples.nbytes
    assert len(compressed(samples[..., 0])) < 0.65 * samples[..., 0].nbytes


def pillow_webp(samples: np.ndarray) -> int:
    stream = io.BytesIO()
    Image.fromarray(samples).save(stream, "WEBP", lossless=True, method=6, quality=90)
    return len(stream.getvalue())


def screenshot() -> np.ndarray:
    image = Image.new("RGB", (360, 240), (245, 246, 247))
    draw = ImageDraw.Draw(image)
    for row in range(12):
        draw.rectangle((8, 20 * row + 2, 350, 20 * row + 16), fill=(255, 255, 255), outline=(200, 204, 208))
        draw.text((14, 20 * row + 3), f"{row:02d}  the same words in every line, and a button", fill=(20, 20, 40))
        draw.rounded_rectangle((300, 20 * row + 4, 340, 20 * row + 14), 4, fill=(30, 120, 220))
    return np.asarray(image)


def few_colours() -> np.ndarray:
    palette = np.random.default_rng(0).integers(0, 256, (7, 3), dtype=np.uint8)
    return palette[np.random.default_rng(1).integers(0, 7, (20, 30)).repeat(9, 0).repeat(8, 1)]


def dithered() -> np.ndarray:
    """Many edges, two colours: no neighbour is like another."""
    ink = np.random.default_rng(2).random((150, 170, 1)) < 0.4
    return np.where(ink, np.uint8([9, 9, 30]), np.uint8([250, 240, 230]))


@pytest.mark.parametrize("draw", [screenshot, few_colours, dithered])
def test_drawings_are_webp_tiles(draw):
    samples = draw()
    data = compressed(samples)
    assert methods(data) == [WEBP_PICTURE]
    assert len(data) <= pillow_webp(samples) + 100
    gray = compressed(samples[..., 0])
    assert methods(gray) == [WEBP_PICTURE]
    wide = compressed(samples * np.uint16(257))
    assert len(wide) <= 2 * pillow_webp(samples) + 100


def test_a_photograph_is_no_drawing():
    samples = (smooth(100, 140) >> 8).astype(np.uint8)
    assert methods(compressed(samples)) == [NETS]


def transforms(data: bytes) -> list[int]:
    """Of each tile, all made by nets."""
    found = read_container(data)
    return [TileNote.unpack(segment)[0].transform for segment in found.segments[: found.head.tile_count]]


def test_a_picture_that_was_a_jpeg(once_jpeg):
    data = compressed(once_jpeg)
    assert transforms(data) == [FIRST_ORIGIN]
    unlike = once_jpeg.copy()
    unlike[::3] ^= 1
    assert transforms(compressed(unlike))[0] < FIRST_ORIGIN and len(data) < 0.8 * len(compressed(unlike))
    wide = compressed(once_jpeg * np.uint16(257))
    assert transforms(wide) == [FIRST_ORIGIN] and abs(len(wide) - len(data)) <= 2
    assert transforms(compressed(once_jpeg * np.uint16(256)))[0] < FIRST_ORIGIN
    assert transforms(compressed(once_jpeg, max_error=1))[0] < FIRST_ORIGIN
    compressed(np.dstack([once_jpeg, once_jpeg[..., 0]]))


def test_a_picture_with_half_size_chroma(once_halved):
    data = compressed(once_halved)
    assert [STORED[number - FIRST_ORIGIN] for number in transforms(data)] == [Stored(JPEG, Between(7))]
    wide = compressed(once_halved * np.uint16(257))
    assert transforms(wide) == transforms(data)
    for side in (20, 33):  # hardly larger than what is looked at, and odd
        compressed(once_halved[30 : 30 + side, : side + 7])


@pytest.mark.parametrize("start", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_a_picture_with_chroma_at_every_second_place(start):
    shades = (smooth(61, 70) >> 8).astype(np.int32)
    halved = torch.from_numpy(np.stack([shades[:31, :35, k] // 3 - 50 for k in (1, 2)])).float()[None]
    chroma = EverySecond(*start).enlarge(halved)[0, :, :61, :70].int().numpy()
    samples = np.stack(PHOTO_CD.to_rgb(shades[..., 0] // 2 + 30, *chroma), axis=-1).clip(0, 255).astype(np.uint8)
    data = compressed(samples)
    assert [STORED[number - FIRST_ORIGIN] for number in transforms(data)] == [Stored(PHOTO_CD, EverySecond(*start))]


def test_each_tile_has_an_origin_of_its_own(monkeypatch, once_jpeg):
    monkeypatch.setattr(wlc.lossless_encode, "short_tile_log2_for", lambda height, width: 6)
    samples = np.concatenate([once_jpeg[:64, :64], (smooth(64, 90) >> 8).astype(np.uint8)], axis=1)
    first, *others = transforms(compressed(samples))
    assert first == FIRST_ORIGIN and len(others) == 2 and max(others) < FIRST_ORIGIN


def test_16_bits_that_are_8_bits_repeated():
    samples = (smooth(80, 100) >> 8).astype(np.uint8)
    data, wide = compressed(samples), compressed(samples * np.uint16(257))
    assert abs(len(wide) - len(data)) <= 2 and methods(wide) == [NETS]
    almost = samples * np.uint16(257)
    almost[40, 50, 1] ^= 1
    compressed(almost)


@pytest.mark.parametrize("sigma", [0.3, 2, 30])
def test_16_bits_of_more_and_less_noise(sigma):
    """What is beyond the nets' levels is written plainly, so the nets see a picture of about 8 bits."""
    samples = smooth(70, 90, sigma=sigma)
    data = compressed(samples)
    bits = 8 * len(data) / samples.size
    assert bits < max(0, np.log2(257 * sigma * np.sqrt(2 * np.pi * np.e))) + 4.5


@pytest.mark.parametrize("max_error", [0, 1, 2, 7, 255])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("colours", [1, 3])
def test_max_error_is_kept(max_error, dtype, colours):
    samples = smooth(67, 90, colours)
    samples = samples if dtype == np.uint16 else (samples >> 8).astype(np.uint8)
    samples[20:40, 30:50] = noise(20, 20, colours, 16 if dtype == np.uint16 else 8)
    picture = Picture(samples)
    encoder = LosslessEncoder(picture, max_error=max_error)
    made = finished(picture, encoder, max_error, with_psnr=True)
    assert made.data == compressed(samples, max_error=max_error)
    shown = decode(made.data).samples
    assert np.array_equal(encoder.reconstruct().samples, shown)
    assert (made.psnr == float("inf")) == (max_error == 0) and made.rate_index == max_error
    found = info(made.data)
    assert (found.max_error, found.quality, found.rate_index) == (max_error, None, max_error)
    if max_error and (dtype == np.uint16 or max_error < 255):
        assert np.abs(shown.astype(int) - samples).max() == max_error  # what is allowed is made use of


def test_more_error_takes_fewer_bytes():
    samples = (smooth(60, 90, sigma=9) >> 8).astype(np.uint8)
    sizes = [len(compressed(samples, max_error=error)) for error in (0, 2, 5, 20, 100)]
    assert sizes == sorted(sizes, reverse=True) and sizes[-1] < sizes[0] / 5


def test_max_error_where_tiles_are_plain_or_webp():
    """What is shown of those is the original, and the report says so."""
    for samples in (screenshot(), noise(60, 70, 3)):
        picture = Picture(samples)
        encoder = LosslessEncoder(picture, max_error=1)
        data = encoder.file()
        assert np.array_equal(encoder.reconstruct().samples, decode(data).samples)
    assert methods(LosslessEncoder(Picture(screenshot()), max_error=1).file()) == [WEBP_PICTURE]


def test_max_error_zero_is_lossless(rgb):
    assert wlc.compress(rgb, max_error=0) == wlc.compress(rgb, lossless=True)


def test_alpha_is_kept_with_any_error(drawn):
    compressed(drawn, max_error=50)


@pytest.fixture(scope="module")
def wide_picture() -> np.ndarray:
    """800 by 1600: above the size of one tile, and cheap."""
    samples = (smooth(800, 1600) >> 8).astype(np.uint8)
    samples[512:, :512] = noise(288, 512, 3)
    samples[:512, 512:1024] = screenshot().repeat(3, 0)[:512, :].repeat(2, 1)[:, :512]
    return samples


@pytest.fixture(scope="module")
def wide_file(tiny_lossless, wide_picture) -> bytes:
    torch.set_num_threads(1)
    return wlc.compress(wide_picture, lossless=True)


def test_several_tiles(wide_picture, wide_file):
    assert np.array_equal(decode(wide_file).samples, wide_picture)
    found = methods(wide_file)
    assert len(found) == 8 and found == [NETS, WEBP_PICTURE, NETS, NETS, PLAIN, NETS, NETS, NETS]
    assert info(wide_file).tiles == 8 and info(wide_file).levels == 4


@pytest.mark.parametrize("reduce", [1, 2, 3])
def test_several_tiles_reduced(wide_picture, wide_file, reduce):
    assert np.array_equal(decode(wide_file, reduce=reduce).samples, wide_picture[:: 2**reduce, :: 2**reduce])


@pytest.mark.parametrize("batch", [1, 1 << 30])
def test_tiles_together_and_one_by_one(monkeypatch, batch):
    """The same bytes, and the same picture from them."""
    samples = (smooth(100, 170) >> 8).astype(np.uint8)
    monkeypatch.setattr(wlc.lossless_encode, "short_tile_log2_for", lambda height, width: 6)
    data = wlc.compress(samples, lossless=True)
    assert read_container(data).head.tile_count == 6 and methods(data) == 6 * [NETS]
    monkeypatch.setattr("wlc.sample_tiles._BATCH_SAMPLES", batch)
    assert compressed(samples) == data
    compressed(samples, max_error=6)


@pytest.mark.parametrize(("threads", "onednn"), [(1, True), (1, False), (2, True)])
def test_the_same_bytes_whatever_computes_them(rgb, threads, onednn):
    rgb = rgb[:15, :20]
    expected = wlc.compress(rgb, lossless=True, threads=1)
    with torch.backends.mkldnn.flags(enabled=onednn):
        assert wlc.compress(rgb, lossless=True, threads=threads) == expected
        assert np.array_equal(decode(expected, threads=threads).samples, rgb)
    with torch.autocast("cpu", torch.bfloat16):  # meant for the caller's nets
        assert wlc.compress(rgb, lossless=True) == expected
        assert np.array_equal(decode(expected).samples, rgb)


def test_the_encoder_gives_the_same_file_again(rgb):
    for error in (0, 4):
        encoder = LosslessEncoder(Picture(rgb), max_error=error)
        assert encoder.file() == encoder.file()
        assert np.array_equal(encoder.picture.samples, rgb)


@pytest.mark.parametrize("channels", LAYOUTS)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_without_the_range_coder(drawn, channels, dtype):
    samples = drawn[..., LAYOUTS[channels]].astype(dtype)
    for options in ({}, {"max_error": 5}):
        data = compressed(samples, coder="webp", **options)
        assert read_container(data).head.coder == WEBP and set(methods(data)) <= {WEBP_PICTURE, PLAIN}
        assert info(data).coder == "webp"
    noisy = noise(40, 50, channels, 8 * samples.itemsize)
    assert len(compressed(noisy, coder="webp")) <= noisy.nbytes + 100


@pytest.mark.parametrize(("size", "options"), [((1, 20_000), {}), ((20_000, 1), {}), ((2, 17_000), {"coder": "webp"})])
def test_long_and_thin_drawings(size, options):
    """WebP takes 16383 pixels a side at most."""
    compressed(np.full((*size, 3), 7, np.uint8), **options)


@pytest.mark.parametrize("size", [(1, 17_000), (17_000, 1), (3, 2000)])
def test_long_and_thin(size):
    samples = np.random.default_rng(3).integers(0, 40, (*size, 3)).cumsum(axis=int(size[0] < size[1]))
    samples = (samples // 7 % 256).astype(np.uint8)
    assert len(compressed(samples)) <= samples.nbytes + 100


def narrow_tables() -> SymbolTables:
    """Weights may have any tables: these reach from -1 to 1."""
    row = quantise_frequencies(np.array([1.0, 8, 1, 1]))
    return SymbolTables(np.tile(row, (TABLE_COUNT, 1)), np.ones(TABLE_COUNT, np.int32))


def test_a_segment_without_bytes_may_hold_symbols(monkeypatch):
    """The least symbol of each table, again and again, is the beginning of the code's range: no bytes at all."""
    narrow = replace(wlc.lossless_encode.lossless_by_name(None), tables=narrow_tables())
    monkeypatch.setattr(wlc.lossless_encode, "lossless_by_name", lambda *_: narrow)
    monkeypatch.setattr(wlc.decode, "by_fingerprint", lambda *_: narrow)
    flat = np.full((1, 5, 3), 100, np.uint8)
    encoder = LosslessEncoder(Picture(flat))
    coarse = encoder._coded_tiles(encoder._head(0, 4))[0][0]
    assert coarse[0] == NETS
    forged = write_container(Container(encoder._head(0, 4), (), None, (coarse, b"", b"", b"")))
    least = decode(forged).samples
    assert not np.array_equal(least, flat)
    data = compressed(least)
    assert methods(data) == [NETS] and not any(read_container(data).segments[1:])


def test_metadata(photo, srgb_profile):
    photo.info.update(icc_profile=srgb_profile, exif=b"MM\0*" + bytes(20), xmp=b"<xmp/>")
    data = wlc.compress(photo, lossless=True)
    image = wlc.decompress(data)
    assert {name: image.info[name] for name in ("icc_profile", "exif", "xmp")} == photo.info
    found = info(data)
    assert (found.icc_size, found.exif_size, found.xmp_size) == (len(srgb_profile), 24, 6)
    bare = wlc.compress(photo, max_error=2, metadata="none")
    assert wlc.decompress(bare).info == {} and len(bare) < len(data) - len(srgb_profile)


def test_what_the_head_says(rgb):
    head = read_container(wlc.compress(rgb, max_error=9)).head
    assert (head.rate_index, head.hints, head.levels, head.tile_log2) == (9, WITHIN_LEVELS, 4, 0)
    assert weights.installed()[head.fingerprint] == "lossless"


@pytest.mark.parametrize(
    "options",
    [
        {"lossless": True, "quality": 60},
        {"lossless": True, "bpp": 3},
        {"lossless": True, "size": 1000},
        {"lossless": True, "psnr": 40},
        {"lossless": True, "max_error": 0},
        {"lossless": True, "max_error": 3},
        {"max_error": 3, "quality": 60},
        {"max_error": 0, "size": 1000},
        {"max_error": -1},
        {"max_error": 256},
        {"lossless": True, "effort": 3},
        {"max_error": 1, "effort": 9},
        {"lossless": True, "coder": "zip"},
        {"lossless": True, "metadata": "some"},
    ],
)
def test_options_that_make_no_sense(rgb, options):
    with pytest.raises(ValueError):
        wlc.compress(rgb, **options)


def test_max_error_may_be_numpys(rgb):
    assert wlc.compress(rgb, max_error=np.int64(2)) == wlc.compress(rgb, max_error=2)


def test_models_of_the_wrong_kind(rgb):
    with pytest.raises(WlcError, match="'photo' cannot make lossless files") as raised:
        wlc.compress(rgb, lossless=True, model="photo")
    assert str(raised.value).count("\n") == 0
    with pytest.raises(WlcError, match="'lossless' makes lossless files only"):
        wlc.compress(rgb, model="lossless")
    with pytest.raises(ModelNotFound, match="no model named 'nonesuch'"):
        wlc.compress(rgb, lossless=True, model="nonesuch")


def test_a_model_by_its_path(rgb, tiny_lossless):
    assert wlc.compress(rgb, lossless=True, model=str(tiny_lossless)) == wlc.compress(rgb, lossless=True)


def test_without_the_weights(rgb, monkeypatch, tmp_path):
    data = wlc.compress(rgb, lossless=True)
    monkeypatch.setattr(weights, "SHIPPED", tmp_path)
    monkeypatch.setenv(weights.SEARCH_PATH, "")
    assert info(data).model is None and info(data).max_error == 0
    with pytest.raises(ModelNotFound):
        decode(data)


def test_a_side_that_no_reader_would_take():
    with pytest.raises(LimitExceeded):
        LosslessEncoder(Picture(np.zeros((1, 65537, 1), np.uint8)))


def test_without_looking_back_the_file_is_larger_and_as_exact(once_jpeg):
    looked, alone = (LosslessEncoder(Picture(once_jpeg), look_back=look_back).file() for look_back in (True, False))
    assert len(looked) < len(alone)
    assert np.array_equal(decode(alone).samples, once_jpeg)
