"""From real decoders' pictures to the half-size chroma behind them."""

import hashlib
import io

import numpy as np
import pytest
import torch
from PIL import Image

import wlc
from wlc import chroma_search
from wlc.chroma_search import kept_places, unmixed
from wlc.format_search import format_of, found_in
from wlc.models.halved_chroma import Between, EverySecond
from wlc.models.origins import JPEG, PHOTO_CD, STORED, WEBP, Stored


def photo(seed: int = 0, side: int = 130) -> Image.Image:
    random = np.random.default_rng(seed)
    small = Image.fromarray(random.integers(0, 256, (9, 9, 3), dtype=np.uint8))
    soft = np.asarray(small.resize((side, side - 9), Image.Resampling.BICUBIC), np.float64)
    return Image.fromarray((soft + random.normal(0, 3, soft.shape)).clip(0, 255).astype(np.uint8))


def decoded(name: str, **options: object) -> np.ndarray:
    kept = io.BytesIO()
    photo().save(kept, name, **options)
    with Image.open(kept) as again:
        return np.asarray(again.convert("RGB"))


def from_photo_cd() -> np.ndarray:
    y, cb, cr = np.moveaxis(np.asarray(photo().convert("YCbCr")).astype(np.int32), 2, 0)
    halved = torch.from_numpy(np.stack([cb, cr])[:, ::2, ::2] - 128).float()[None] // 2
    chroma = EverySecond(1, 0).enlarge(halved)[0, :, : y.shape[0], : y.shape[1]].int().numpy()
    return np.stack(PHOTO_CD.to_rgb(y * 182 // 255, *chroma), axis=-1).clip(0, 255).astype(np.uint8)


CASES = {
    "jpeg": (Stored(JPEG, Between(7)), lambda: decoded("JPEG", quality=85, subsampling=2)),
    "jpeg with whole chroma": (Stored(JPEG), lambda: decoded("JPEG", quality=95, subsampling=0)),
    "webp": (Stored(WEBP, Between(8)), lambda: decoded("WEBP", quality=85)),
    "photo cd": (Stored(PHOTO_CD, EverySecond(1, 0)), from_photo_cd),
}


@pytest.mark.parametrize("name", CASES)
def test_found(name):
    stored, made = CASES[name]
    samples = made()
    assert STORED[format_of(samples)] == stored
    found = found_in(samples, stored)
    rgb = np.stack(stored.origin.to_rgb(*found.planes), axis=-1).clip(0, 255)
    assert np.array_equal((rgb != samples).any(axis=2), found.missed) and found.missed.mean() < 0.002
    assert (found.halved is None) == (stored.enlargement is None)
    if stored.enlargement:
        height, width = samples.shape[:2]
        assert found.halved.shape == (2, -(-height // 2), -(-width // 2))
        whole = stored.enlargement.enlarge(torch.from_numpy(found.halved).float()[None])[0, :, :height, :width]
        assert (whole.numpy() == found.planes[1:]).mean() > 0.96


def test_other_pictures_have_none():
    for samples in (np.asarray(photo()), decoded("JPEG")[:4, :4], np.zeros((40, 40, 3), np.uint8)):
        assert format_of(samples) is None


def test_a_thin_picture_is_not_looked_at_for_halves():
    samples = decoded("JPEG", subsampling=2)[:12]
    assert STORED[format_of(samples)] == Stored(JPEG)


@pytest.mark.parametrize("size", [(40, 56), (41, 57)])
def test_unmixed_chroma_enlarges_to_what_was_seen(size):
    """But for places near an odd edge, where half of what was mixed is gone."""
    halved_size = -(-size[1] // 2), -(-size[0] // 2)
    small = np.asarray(photo(1).resize(halved_size))[..., :2].transpose(2, 0, 1).astype(np.float32)
    seen = Between(7).enlarge(torch.from_numpy(small)[None])[0, :, : size[0], : size[1]].numpy().astype(np.int32)
    found = unmixed(seen, np.ones(size, bool), 7)
    again = Between(7).enlarge(torch.from_numpy(found).float()[None])[0, :, : size[0], : size[1]].numpy()
    inner = np.s_[:, :-6, :-6]
    assert (again == seen)[inner].mean() > 0.95 and np.abs(again - seen)[inner].max() <= 2


def test_a_kept_place_that_is_not_certain_follows_from_the_means_around():
    small = np.arange(0, 240, 4).reshape(1, 6, 10)
    whole = EverySecond(0, 0).enlarge(torch.from_numpy(small).float()[None])[0].numpy().astype(np.int32)
    certain = np.ones((12, 20), bool)
    certain[4, 6] = False
    whole[0, 4, 6] = 999
    assert np.array_equal(kept_places(whole, certain, 0, 0), small)


def test_chroma_that_unmixing_carries_beyond_what_can_be_stored():
    """A board of saturated 2 x 2 squares: undoing the mixture goes far beyond a byte."""
    board = np.kron(np.indices((25, 25)).sum(axis=0) % 2, np.ones((2, 2), int))
    samples = decoded("JPEG", quality=85, subsampling=2).copy()
    samples[:50, :50] = np.array([[6, 6, 255], [240, 252, 0]], np.uint8)[board]
    found = found_in(samples, Stored(JPEG, Between(7)))
    assert found.halved.min() >= -512 and found.halved.max() <= 511
    picture = np.vstack([samples, decoded("JPEG", quality=85, subsampling=2)])
    assert np.array_equal(np.asarray(wlc.decompress(wlc.compress(picture, lossless=True))), picture)


def test_cut_colours_are_no_reason_to_believe_in_an_origin():
    """Most luma and chromas of colours that were cut are a guess, and noise guessed so is dear."""
    samples = decoded("JPEG", quality=85, subsampling=2).copy()
    assert format_of(samples) is not None
    noise = np.random.default_rng(0).integers(0, 256, samples.shape, dtype=np.uint8)
    noise[..., 0], noise[..., 1] = 255, noise[..., 1] // 100 * 100
    samples[:, 60:] = noise[:, 60:]
    assert format_of(samples) is None
    white = decoded("JPEG", quality=85, subsampling=2).copy()
    white[:, 60:] = 255
    assert format_of(white) is not None


def test_unmixing_computes_with_whole_numbers():
    """Floats would differ between processors, and so would files."""
    chroma = np.random.default_rng(0).integers(-90, 90, (2, 30, 30)).astype(np.int32)
    assert chroma_search._least_squares(chroma).dtype == np.int32
    digest = hashlib.sha256(unmixed(chroma, np.ones((30, 30), bool), 7).astype("<i4").tobytes()).hexdigest()
    assert digest[:16] == "5fc868fbbc80c9fa"
