"""Real decoders' pictures, told apart by their colours alone."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from wlc.models.origins import JPEG, PHOTO_CD, WEBP, Origin
from wlc.origin_search import origin_of, stored_before


def photo(seed: int = 0, side: int = 120) -> Image.Image:
    """Soft shapes in every colour, many of them cut at black or white, and noise."""
    random = np.random.default_rng(seed)
    small = Image.fromarray(random.integers(0, 256, (7, 7, 3), dtype=np.uint8))
    soft = np.asarray(small.resize((side, side), Image.Resampling.BICUBIC), np.float64) * 1.3 - 40
    return Image.fromarray((soft + random.normal(0, 3, soft.shape)).clip(0, 255).astype(np.uint8))


def decoded(image: Image.Image, name: str, **options: object) -> np.ndarray:
    kept = io.BytesIO()
    image.save(kept, name, **options)
    with Image.open(kept) as again:
        return np.asarray(again.convert("RGB"))


def from_photo_cd(image: Image.Image) -> np.ndarray:
    y, cb, cr = np.moveaxis(np.asarray(image.convert("YCbCr")).astype(np.int32), 2, 0)
    rgb = PHOTO_CD.to_rgb(y * 182 // 255, (cb - 128) * 5 // 6, (cr - 128) * 5 // 6)
    return np.stack(rgb, axis=-1).clip(0, 255).astype(np.uint8)


CASES = {
    "jpeg": (JPEG, lambda image: decoded(image, "JPEG", quality=80)),
    "jpeg with whole chroma": (JPEG, lambda image: decoded(image, "JPEG", quality=97, subsampling=0)),
    "webp": (WEBP, lambda image: decoded(image, "WEBP", quality=85)),
    "photo cd": (PHOTO_CD, from_photo_cd),
}


@pytest.fixture(scope="module", params=CASES)
def case(request) -> tuple[Origin, np.ndarray]:
    origin, made = CASES[request.param]
    return origin, made(photo())


def test_found(case):
    origin, samples = case
    assert origin_of(samples) is origin


def test_what_was_stored_gives_the_same_colours(case):
    origin, samples = case
    planes, missed = stored_before(samples, origin)
    rgb = np.stack(origin.to_rgb(*planes), axis=-1).clip(0, 255)
    assert planes.dtype == np.int32
    assert np.array_equal((rgb != samples).any(axis=2), missed)
    assert missed.mean() < 0.004
    inside = ((samples > 0) & (samples < 255)).all(axis=2)
    assert not missed[inside].any()


def test_of_a_jpeg_it_is_what_the_file_holds():
    kept = io.BytesIO()
    photo(1).save(kept, "JPEG", quality=90)
    with Image.open(kept) as image:
        image.draft("YCbCr", image.size)
        stored = np.asarray(image).astype(np.int32) - (0, 128, 128)
    samples = decoded(photo(1), "JPEG", quality=90)
    inside = ((samples > 0) & (samples < 255)).all(axis=2)
    planes, _ = stored_before(samples, JPEG)
    assert (np.moveaxis(planes, 0, 2) == stored).all(axis=2)[inside].mean() > 0.99


def test_a_line_drawn_over_it_is_missed_and_nothing_else():
    clean = decoded(photo(2), "JPEG")
    over = Image.fromarray(clean)
    ImageDraw.Draw(over).line([(0, 20), (119, 20)], fill=(255, 0, 255))
    samples = np.asarray(over)
    assert origin_of(samples) is JPEG
    _, missed = stored_before(samples, JPEG)
    drawn = np.zeros_like(missed)
    drawn[20] = True
    assert not missed[~drawn][((clean > 0) & (clean < 255)).all(axis=2)[~drawn]].any()


def test_other_pictures_have_none():
    random = np.random.default_rng(0)
    noise = random.integers(0, 256, (80, 80, 3), dtype=np.uint8)
    flat = np.full((80, 80, 3), 90, np.uint8)
    shaded = decoded(photo(3), "JPEG")
    scaled = np.asarray(Image.fromarray(shaded).resize((77, 77)))
    for samples in (np.asarray(photo()), noise, flat, scaled, noise[:1, :1], np.clip(noise, 250, 255)):
        assert origin_of(samples) is None


def test_half_a_jpeg_has_none():
    samples = decoded(photo(4), "JPEG").copy()
    samples[:60] = np.asarray(photo(4))[:60]
    assert origin_of(samples) is None
