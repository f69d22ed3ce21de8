import numpy as np
import pytest

from wlc.sample_estimates import level_log2_for, looks_drawn, repeats_bytes


def noise(sigma: float, depth: int = 16, size: tuple[int, int] = (90, 100), colours: int = 3) -> np.ndarray:
    values = np.random.default_rng(0).normal(1 << depth - 1, sigma, (*size, colours))
    return values.round().clip(0, (1 << depth) - 1).astype(np.uint8 if depth == 8 else np.uint16)


def test_photographs_are_not_drawn():
    assert not looks_drawn(noise(20, 8))
    assert not looks_drawn(noise(500))


def test_drawings_are():
    few = np.random.default_rng(0).integers(0, 2, (50, 60, 1), np.uint8) * np.uint8([200, 100, 50])
    assert looks_drawn(few) and looks_drawn(few * np.uint16(257))
    half = noise(20, 8)
    half[:60] = 7  # more than a quarter of it flat
    assert looks_drawn(half)


@pytest.mark.parametrize("size", [(1, 1), (1, 2), (2, 1), (1, 50), (50, 1), (3, 3)])
@pytest.mark.parametrize("colours", [1, 3])
def test_any_size_has_an_answer(size, colours):
    assert looks_drawn(noise(20, 8, size, colours)) in (True, False)
    assert 0 <= level_log2_for(noise(20, 16, size, colours)) <= 12


def test_repeated_bytes():
    samples = noise(20, 8)
    assert not repeats_bytes(samples)
    wide = samples * np.uint16(257)
    assert repeats_bytes(wide)
    wide[5, 6, 1] ^= 1
    assert not repeats_bytes(wide)


def test_the_level_follows_the_noise():
    """Twice the noise is one bit more; without any there is none, and never more than 12."""
    found = [level_log2_for(noise(sigma)) for sigma in (0, 1, 20, 40, 80, 160, 1e6)]
    assert found[:2] == [0, 0] and found[-1] == 12
    assert np.diff(found[2:6]).tolist() == [1, 1, 1]
    assert level_log2_for(noise(20)) == 3  # levels of 8, of which what is left over is about 4


def test_shades_are_not_noise():
    y, x = np.mgrid[:80, :90]
    assert level_log2_for((300 * x + 200 * y).astype(np.uint16)[..., None]) == 0
