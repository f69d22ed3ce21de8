"""Many files at once: the very symbols that they hold, in less time."""

import numpy as np
import pytest
import torch

import wlc
from wlc.bitstream.errors import WlcError
from wlc.decode import decode_alike, decode_symbols


def picture(seed: int, size: tuple[int, int] = (70, 90)) -> np.ndarray:
    random = np.random.default_rng(seed)
    y, x = np.mgrid[: size[0], : size[1]]
    shade = 128 + 80 * np.sin(x / random.uniform(3, 12)) + 20 * np.cos(y / 5) + random.normal(0, 6, size)
    return np.repeat(shade[..., None].clip(0, 255).astype(np.uint8), 3, axis=2)


@pytest.mark.parametrize("coder", ["range", "webp"])
@pytest.mark.parametrize("levels", [1, 3, 4])
def test_they_are_read_as_each_alone(coder, levels):
    files = [wlc.compress(picture(seed), 50, coder=coder, device="cpu") for seed in range(3)]
    together = decode_alike(files, levels=levels, device="cpu")
    for number, data in enumerate(files):
        alone = decode_symbols(data, levels=levels, device="cpu")
        assert len(alone) == len(together)
        assert all(torch.equal(one[0], many[number]) for one, many in zip(alone, together, strict=True))


def test_files_that_are_not_alike():
    one = wlc.compress(picture(0), 50, device="cpu")
    for other in (wlc.compress(picture(0), 60, device="cpu"), wlc.compress(picture(0, (70, 91)), 50, device="cpu")):
        with pytest.raises(WlcError, match="one size, quality and kind"):
            decode_alike([one, other], device="cpu")
    with pytest.raises(WlcError, match="hold no latents"):
        decode_alike([wlc.compress(picture(0), lossless=True, device="cpu")], device="cpu")
