"""From real decoders' pictures to the half-size chroma behind them."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from wlc.chroma_search import kept_places, unmixed
from wlc.format_search import format_of, found_in
from wlc.models.halved_chroma import IN_JPEG, IN_WEBP, at_every_second
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
    chroma = at_every_second(1, 0).enlarge(halved)[0, :, : y.shape[0], : y.shape[1]].int().numpy()
    return np.stack(PHOTO_CD.to_rgb(y * 182 // 255, *chroma), axis=-1).clip(0, 255).astype(np.uint8)


CASES = {
    "jpeg": (Stored(JPEG, IN_JPEG), lambda: decoded("JPEG", quality=85, subsampling=2)),
    "jpeg with whole chroma": (Stored(JPEG), lambda: decoded("JPEG", quality=95, subsampling=0)),
    "webp": (Stored(WEBP, IN_WEBP), lambda: decoded("WEBP", quality=85)),
    "photo cd": (Stored(PHOTO_CD, at_every_second(1, 0)), from_photo_cd),
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
    seen = IN_JPEG.enlarge(torch.from_numpy(small)[None])[0, :, : size[0], : size[1]].numpy().astype(np.int32)
    found = unmixed(seen, np.ones(size, bool), 7)
    again = IN_JPEG.enlarge(torch.from_numpy(found).float()[None])[0, :, : size[0], : size[1]].numpy()
    inner = np.s_[:, :-6, :-6]
    assert (again == seen)[inner].mean() > 0.95 and np.abs(again - seen)[inner].max() <= 2


def test_a_kept_place_that_is_not_certain_follows_from_the_means_around():
    small = np.arange(0, 240, 4).reshape(1, 6, 10)
    whole = at_every_second(0, 0).enlarge(torch.from_numpy(small).float()[None])[0].numpy().astype(np.int32)
    certain = np.ones((12, 20), bool)
    certain[4, 6] = False
    whole[0, 4, 6] = 999
    assert np.array_equal(kept_places(whole, certain, 0, 0), small)
