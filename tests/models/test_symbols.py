import numpy as np
import pytest
import torch

from wlc.models import colour, windows
from wlc.models.groups import GROUPS, PLANES, first_half
from wlc.models.rdoq import BITS_PER_SQUARED_STEP, choose
from wlc.models.symbols import choose_symbols, error_weights
from wlc.models.table_sets import SETS, first_table, tables_named
from wlc.models.training.table_fit import logistic_cost

BITS = logistic_cost().repeat(SETS, 1)


@pytest.fixture
def values(lively_model, draw) -> list[torch.Tensor]:
    rgb = torch.from_numpy(draw(128, 192)).permute(2, 0, 1)[None].float()
    quality = torch.tensor([140])
    with torch.no_grad():
        return lively_model.values_of(lively_model.coefficients_of(colour.to_planes(rgb), quality), quality)


def test_integers_next_to_the_values(lively_model, values):
    for value, chosen in zip(values, choose_symbols(lively_model, values, 140, BITS), strict=True):
        assert chosen.symbols.shape == chosen.indices.shape == value.shape
        assert chosen.indices.dtype == torch.uint8
        half = first_half(*value.shape[1:])
        for second, own in ((False, half), (True, ~half)):
            assert ((chosen.indices[own] - first_table(chosen.group, second)) < 64).all()
        assert torch.equal(chosen.symbols, chosen.symbols.round())
        assert (chosen.symbols.abs() <= value.abs().round()).all()
        assert ((chosen.symbols - value).abs() <= 1.5).all()


@torch.no_grad()
def test_a_reader_comes_to_the_same_indices(lively_model, values):
    """It knows of each half only what is written before."""
    groups = choose_symbols(lively_model, values, 140, BITS)
    context = lively_model.scale_nets.start(torch.tensor([140]), 16, 24)
    for group, chosen in zip(GROUPS, groups, strict=True):
        mask = first_half(*chosen.symbols.shape[1:])
        first, second = context.first(), context.second(torch.where(mask, chosen.symbols, 999.0))
        assert torch.equal(tables_named(group, torch.where(mask, first, second)), chosen.indices.long())
        context.take(chosen.symbols)


def test_each_symbol_is_chosen_for_the_table_that_codes_it(lively_model, values):
    gains = lively_model.gains(torch.tensor([140]))
    for value, gain, chosen in zip(values, gains, choose_symbols(lively_model, values, 140, BITS), strict=True):
        indices = chosen.indices.long()
        again = choose(
            value,
            lambda magnitude, i=indices: BITS[i, magnitude.clamp(max=BITS.shape[1] - 1).long()],
            BITS_PER_SQUARED_STEP / gain.square(),
        )
        assert torch.equal(again, chosen.symbols)


def test_errors_count_less_at_the_lowest_qualities_only(lively_model):
    worth = []
    for rate_index in (0, 4, 8, 15, 16, 200):
        gains = lively_model.gains(torch.tensor([rate_index]))
        weights = error_weights(lively_model, rate_index, torch.device("cpu"))
        shares = [weight * gain.square() / BITS_PER_SQUARED_STEP for weight, gain in zip(weights, gains, strict=True)]
        worth.append(shares[0].mean().item())
        assert all(torch.allclose(share, torch.tensor(worth[-1])) for share in shares)
    assert worth[0] == pytest.approx(0.5) and worth[-2:] == pytest.approx([1, 1])
    assert worth[:4] == sorted(worth[:4]) and worth[3] < 1


def test_tiles_of_a_batch_do_not_see_each_other(lively_model, values):
    batch = [torch.cat([value, value.flip(-1)]) for value in values]
    together = choose_symbols(lively_model, batch, 140, BITS)
    alone = choose_symbols(lively_model, values, 140, BITS)
    for many, one in zip(together, alone, strict=True):
        assert torch.equal(many.symbols[:1], one.symbols) and torch.equal(many.indices[:1], one.indices)


def test_no_colour_no_symbols_of_colour(lively_model, draw):
    grey = np.ascontiguousarray(draw(100, 130)[..., :1])
    values = windows.values_of(lively_model, grey, 200, torch.device("cpu"))
    for group, chosen in zip(GROUPS, choose_symbols(lively_model, values, 200, BITS), strict=True):
        coloured = torch.arange(group.channels) % PLANES != 0
        assert chosen.symbols[:, coloured].abs().max() == 0
        assert chosen.symbols[:, ~coloured].abs().max() > 0
