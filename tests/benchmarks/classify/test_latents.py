import numpy as np
import pytest
import torch

import wlc
from wlc.benchmarks.classify.latents import LatentSource, coded_views, read_files, stacks_of, symbols_of
from wlc.bitstream.container import read_head
from wlc.loaded import by_name
from wlc.models.training.classifier_loop import turned
from wlc.models.training.labelled import Example


def picture(seed: int, side: int = 80) -> np.ndarray:
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:side, :side]
    shade = 120 + 70 * np.sin(x / random.uniform(3, 9)) + random.normal(0, 8, (side, side))
    return np.stack([shade, 0.5 * shade + y, 200 - x], axis=-1).clip(0, 255).astype(np.uint8)


def png(samples: np.ndarray) -> bytes:
    import io

    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(samples).save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize("model", [None, "cells"])
def test_views_are_what_files_would_hold(model):
    """All that files are left out for is time."""
    samples = picture(0)
    example = Example("one", 3, png(samples))
    files = [
        wlc.compress(turned(torch.from_numpy(samples).permute(2, 0, 1), view).permute(1, 2, 0).numpy(), 80, model=model)
        for view in range(8)
    ]
    made = coded_views([example], 80, read_head(files[0]).rate_index, by_name(model, "cpu"))
    read = read_files(files, [example] * 8, 80)
    assert made.coarse.shape == (1, 8, 12, 10, 10) and made.fine.shape == (1, 8, 36, 10, 10)
    assert torch.equal(made.coarse[0], read.coarse[:, 0]) and torch.equal(made.fine[0], read.fine[:, 0])
    assert made.labels.tolist() == [3] and made.fine.any()


def test_a_batch_is_coded_as_its_pictures_are():
    loaded = by_name(None, "cpu")
    some = [picture(seed) for seed in range(3)]
    together = symbols_of(some, 90, loaded)
    for number, one in enumerate(some):
        for group, alone in zip(together, symbols_of([one], 90, loaded), strict=True):
            assert torch.equal(group[number], alone[0])


def test_stacks_are_what_the_picture_is_made_of():
    """Bright places are bright in the first channel, and a flat picture has nothing in the others."""
    loaded = by_name(None, "cpu")
    samples = np.full((80, 80, 3), 40, np.uint8)
    flat = stacks_of(symbols_of([samples], 150, loaded), 150, 80, loaded.model)
    samples[:40] = 220
    coarse, fine = stacks_of(symbols_of([samples], 150, loaded), 150, 80, loaded.model)
    assert (coarse.shape, fine.shape) == ((1, 12, 10, 10), (1, 36, 10, 10))
    assert coarse[0, 0, :4].mean() > 1 > -1 > coarse[0, 0, 6:].mean()
    assert flat[0][0, 0].std() < 0.02 and flat[1].abs().max() < 0.1 < fine.abs().max()


def test_plain_is_the_first_view():
    stack = torch.arange(2 * 8).view(2, 8, 1, 1, 1).half()
    source = LatentSource(stack, stack, torch.tensor([0, 1]))
    coarse, _ = source.plain(torch.tensor([1, 0]))
    assert torch.allclose(coarse.flatten(), torch.tensor([8.0, 0.0]))
    seen = {source.draw(torch.tensor([0]), torch.Generator().manual_seed(n))[0].item() for n in range(60)}
    assert len(seen) == 8
