import numpy as np
import pytest
import torch

from wlc.models import colour, wavelet, windows
from wlc.models.groups import GROUPS
from wlc.models.quantiser import trade_off
from wlc.models.scene import Extent, Scene
from wlc.models.symbols import choose_symbols
from wlc.models.table_sets import SETS
from wlc.models.training.table_fit import logistic_cost

CPU = torch.device("cpu")
RATE = 140
BITS = logistic_cost().repeat(SETS, 1)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """Nets this small gain nothing from more."""
    torch.set_num_threads(1)


@pytest.fixture
def picture(draw) -> np.ndarray:
    return draw(180, 250)  # 24 x 32 places, not all of them of the picture


@pytest.fixture
def symbols(lively_model, picture) -> list[torch.Tensor]:
    values = windows.values_of(lively_model, picture, RATE, CPU)
    return [chosen.symbols for chosen in choose_symbols(lively_model, values, RATE, BITS)]


def scene(model, picture, symbols, rows=(0, 24), columns=(0, 32)) -> Scene:
    return Scene(model, picture, symbols, Extent(*rows, 24), Extent(*columns, 32), RATE, CPU)


def whole_error(model, picture, symbols) -> float:
    quality = torch.tensor([RATE])
    with torch.no_grad():
        decoded = wavelet.synthesise(model.corrected(model.coefficients_from(symbols, quality), quality))
    planes = colour.to_planes(torch.from_numpy(picture).permute(2, 0, 1)[None].float())
    height, width = picture.shape[:2]
    return float((decoded[..., :height, :width] - planes).square().sum() * trade_off(RATE) / 3)


def test_the_error_of_a_whole_picture_without_its_padding(lively_model, picture, symbols):
    error, _ = scene(lively_model, picture, symbols).error(symbols)
    assert error == pytest.approx(whole_error(lively_model, picture, symbols), rel=1e-4)


def test_a_change_in_a_tile_changes_the_error_as_in_the_whole_picture(lively_model, picture, symbols):
    inner = scene(lively_model, picture, symbols, (8, 16), (8, 24))
    before, _ = inner.error(inner.before)
    changed, rest = [x.clone() for x in inner.before], [x.clone() for x in symbols]
    changed[4][..., 3, 5] += 2
    rest[4][..., 11, 13] += 2
    after, _ = inner.error(changed)
    true = whole_error(lively_model, picture, rest) - whole_error(lively_model, picture, symbols)
    assert after - before == pytest.approx(true, rel=0.05)


def test_slopes_are_slopes(lively_model, picture, symbols):
    here = scene(lively_model, picture, symbols, (8, 24), (0, 16))
    error, slopes = here.error(here.before)
    torch.manual_seed(1)
    direction = [torch.randn_like(x) for x in here.before]
    ends = [here.error([x + s * y for x, y in zip(here.before, direction, strict=True)])[0] for s in (-0.01, 0.01)]
    expected = sum(float((a * b).sum()) for a, b in zip(slopes, direction, strict=True))
    assert (ends[1] - ends[0]) / 0.02 == pytest.approx(expected, rel=0.02)


def test_grey_pictures_have_errors_of_brightness_only(lively_model, picture, symbols):
    grey = scene(lively_model, picture[..., :1], symbols)
    error, _ = grey.error(grey.before)
    assert grey.without_colour and 0 < error < float("inf")
    assert len(grey.before) == len(GROUPS)
