"""A picture computed in windows is the picture computed at once."""

import numpy as np
import pytest
import torch

from wlc.models import wavelet, windows
from wlc.models.groups import GROUPS, LEVELS, PLANES

CPU = torch.device("cpu")
SIZE = (300, 420)


@pytest.fixture(params=[16, 24])
def small_windows(request, monkeypatch):
    """Turns them on: places that one window keeps, instead of more than the picture has."""
    return lambda: monkeypatch.setattr(windows, "_CORE", request.param)


def test_values(lively_model, draw, small_windows):
    samples = draw(*SIZE)
    at_once = windows.values_of(lively_model, samples, 150, CPU)
    small_windows()
    assert len(list(windows._windows(*windows.grid_of(*SIZE), 1))) > 4
    in_parts = windows.values_of(lively_model, samples, 150, CPU)
    for group, one, other in zip(GROUPS, at_once, in_parts, strict=True):
        assert one.shape == (1, group.channels, 40 >> group.shift, 56 >> group.shift)
        assert one.abs().max() > 1
        assert (one - other).abs().max() < 1e-4 * one.abs().max().clamp(min=1)


@pytest.mark.parametrize("reduce", [0, 1, 3])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_samples(lively_model, draw, small_windows, reduce, dtype):
    symbols = [x.round() for x in windows.values_of(lively_model, draw(*SIZE), 150, CPU)]

    def decoded() -> np.ndarray:
        return windows.samples_from(lively_model, symbols, 150, (*SIZE, 3), dtype, reduce, CPU)

    at_once = decoded()
    small_windows()
    in_parts = decoded()
    assert at_once.shape == (-(-SIZE[0] // 2**reduce), -(-SIZE[1] // 2**reduce), 3) and at_once.dtype == dtype
    difference = np.abs(at_once.astype(int) - in_parts)
    assert difference.max() <= (1 if dtype == np.uint8 else 2)
    assert (difference > 0).mean() < (0.001 if dtype == np.uint8 else 0.1)
    assert at_once.std() > 10


@pytest.mark.parametrize("size", [(1, 1), (5, 64), (65, 3), (64, 128)])
def test_any_size_comes_back(lively_model, draw, size):
    """Fine steps, nets switched off: what comes back is what went in, whatever was padded."""
    for net in (lively_model.encoder_net, lively_model.decoder_net):
        torch.nn.init.zeros_(net.leave.weight)
    samples = draw(*size)
    symbols = [x.round() for x in windows.values_of(lively_model, samples, 255, CPU)]
    back = windows.samples_from(lively_model, symbols, 255, samples.shape, np.uint8, 0, CPU)
    assert back.shape == samples.shape
    assert np.sqrt(np.square(back.astype(float) - samples).mean()) < 2.5


def test_padding_is_a_mirror(lively_model, draw):
    samples = draw(40, 50)
    mirrored = np.pad(samples, [(0, 24), (0, 14), (0, 0)], mode="reflect")
    for one, other in zip(
        windows.values_of(lively_model, samples, 100, CPU),
        windows.values_of(lively_model, mirrored, 100, CPU),
        strict=True,
    ):
        assert torch.equal(one, other)


def test_sixteen_bits_have_the_same_scale(lively_model, draw):
    samples = draw(64, 64)
    for one, other in zip(
        windows.values_of(lively_model, samples, 100, CPU),
        windows.values_of(lively_model, samples.astype(np.uint16) * 257, 100, CPU),
        strict=True,
    ):
        assert (one - other).abs().max() < 1e-3


def test_grey_has_no_colour(lively_model, draw):
    grey = np.ascontiguousarray(draw(100, 130)[..., :1])
    values = windows.values_of(lively_model, grey, 200, CPU)
    for value in values:
        assert value[:, 1::PLANES].abs().max() == 0 and value[:, 2::PLANES].abs().max() == 0
        assert value[:, ::PLANES].abs().max() > 0
    back = windows.samples_from(lively_model, [x.round() for x in values], 200, grey.shape, np.uint8, 0, CPU)
    assert back.shape == grey.shape


@pytest.mark.parametrize("reduce", [1, 2, 3])
def test_finer_levels_may_be_missing(lively_model, draw, reduce):
    """A reduced picture from the coarse levels alone is that from all levels with the finer ones at zero."""
    symbols = [x.round() for x in windows.values_of(lively_model, draw(100, 90), 150, CPU)]
    levels = LEVELS - reduce
    coarse = [x for x, group in zip(symbols, GROUPS, strict=True) if group.level < levels]
    zeroed = [x if group.level < levels else torch.zeros_like(x) for x, group in zip(symbols, GROUPS, strict=True)]

    def decoded(given: list[torch.Tensor]) -> np.ndarray:
        return windows.samples_from(lively_model, given, 150, (100, 90, 3), np.uint8, reduce, CPU)

    assert np.array_equal(decoded(coarse), decoded(zeroed))


@pytest.mark.parametrize("levels", [1, 2, 3, 4])
def test_blank_symbols_have_the_shapes_of_values(lively_model, draw, levels):
    values = windows.values_of(lively_model, draw(70, 130), 100, CPU)
    wanted = [v.shape for v, group in zip(values, GROUPS, strict=True) if group.level < levels]
    blank = windows.blank_symbols(*windows.grid_of(70, 130), levels)
    assert [x.shape for x in blank] == wanted
    assert all(x.abs().max() == 0 for x in blank)


@pytest.mark.parametrize("length", [8, 40, 136])
@pytest.mark.parametrize("reach", [0, 1, 8, 9])
def test_margins_are_as_wide_as_anything_reaches(monkeypatch, length, reach):
    """The nets see `reach` places, the transform less than a chunk beyond; and windows begin and end on chunks."""
    monkeypatch.setattr(windows, "_CORE", 16)
    spans = list(windows._spans(length, reach))
    assert [place for span in spans for place in range(span.keep_start, span.keep_stop)] == list(range(length))
    for span in spans:
        assert span.start == 0 or span.keep_start - span.start >= reach + wavelet.CHUNK
        assert span.stop == length or span.stop - span.keep_stop >= reach + wavelet.CHUNK
        assert 0 <= span.start < span.stop <= length
        assert span.start % wavelet.CHUNK == span.stop % wavelet.CHUNK == 0
        assert list(range(length))[span.start : span.stop][span.inner] == list(range(span.keep_start, span.keep_stop))
