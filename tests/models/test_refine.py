import pytest
import torch

from wlc.models import windows
from wlc.models.code_length import code_length
from wlc.models.groups import PLANES
from wlc.models.refine import refine
from wlc.models.scene import Extent, Scene
from wlc.models.symbols import choose_symbols
from wlc.models.table_sets import SETS
from wlc.models.training.table_fit import logistic_cost

CPU = torch.device("cpu")
BITS = logistic_cost().repeat(SETS, 1)
RATE = 120


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """Nets this small gain nothing from more."""
    torch.set_num_threads(1)


@pytest.fixture
def start(lively_model, draw):
    """The scene of a small picture, and the values that its symbols were chosen for."""

    def begin(channels: int) -> tuple[Scene, list[torch.Tensor]]:
        picture = draw(100, 120)[..., :channels]
        values = windows.values_of(lively_model, picture, RATE, CPU)
        symbols = [chosen.symbols for chosen in choose_symbols(lively_model, values, RATE, BITS)]
        extent = Extent(0, 16, 16)
        return Scene(lively_model, picture, symbols, extent, extent, RATE, CPU), values

    return begin


def cost(model, scene: Scene, symbols: list[torch.Tensor]) -> float:
    return code_length(model, symbols, RATE, BITS).bits + scene.error(symbols)[0]


def test_cheaper_for_what_it_is_worth(lively_model, start):
    scene, values = start(3)
    refined = refine(lively_model, scene, values, RATE, BITS, rounds=6)
    assert cost(lively_model, scene, refined) < 0.99 * cost(lively_model, scene, scene.before)
    assert all(torch.equal(x, x.round()) for x in refined)
    again = refine(lively_model, scene, values, RATE, BITS, rounds=6)
    assert all(torch.equal(x, y) for x, y in zip(refined, again, strict=True))


def test_without_any_round_all_stays(lively_model, start):
    scene, values = start(3)
    refined = refine(lively_model, scene, values, RATE, BITS, rounds=0)
    assert all(torch.equal(x, y) for x, y in zip(refined, scene.before, strict=True))


def test_the_values_are_not_touched(lively_model, start):
    scene, values = start(3)
    before = [x.clone() for x in values]
    refine(lively_model, scene, values, RATE, BITS, rounds=2)
    assert all(torch.equal(x, y) for x, y in zip(values, before, strict=True))


def test_no_colour_no_symbols_of_colour(lively_model, start):
    scene, values = start(1)
    for x in refine(lively_model, scene, values, RATE, BITS, rounds=3):
        assert x[:, 1::PLANES].abs().max() == 0 and x[:, 2::PLANES].abs().max() == 0
