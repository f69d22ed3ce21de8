import torch
from hypothesis import given
from hypothesis import strategies as st

from wlc.models.rdoq import BITS_PER_SQUARED_STEP, choose
from wlc.models.training.table_fit import logistic_cost

BITS = logistic_cost()
floats = st.floats(-40, 40, width=32)


def bits_of(table: int):
    return lambda magnitude: BITS[table, magnitude.long()]


def cost(value: float, symbol: float, table: int, weight: float) -> float:
    return BITS[table, abs(int(symbol))].item() + weight * (value - symbol) ** 2


@given(floats, st.integers(0, 63), st.floats(0.5, 30))
def test_the_better_of_two(value, table, weight):
    chosen = choose(torch.tensor(value), bits_of(table), weight).item()
    nearest = torch.tensor(value).round().item()
    smaller = nearest - (nearest > 0) + (nearest < 0)
    assert chosen in (nearest, smaller)
    best = min(cost(value, k, table, weight) for k in (nearest, smaller))
    assert cost(value, chosen, table, weight) <= best + 1e-4 * (1 + abs(best))


@given(st.lists(floats, min_size=1, max_size=50), st.integers(0, 63))
def test_never_dearer_than_rounding(values, table):
    values = torch.tensor(values)
    bits = bits_of(table)

    def total(symbols: torch.Tensor) -> float:
        return (bits(symbols.abs()) + BITS_PER_SQUARED_STEP * (values - symbols).square()).sum().item()

    rounded = total(values.round())
    assert total(choose(values, bits, BITS_PER_SQUARED_STEP)) <= rounded + 1e-4 * (1 + rounded)


def test_free_bits_mean_rounding():
    values = torch.linspace(-5, 5, 1001)
    assert torch.equal(choose(values, torch.zeros_like, 1.0), values.round())


def test_dear_bits_pull_towards_zero():
    values = torch.tensor([-1.6, -0.6, 0.6, 1.6, 7.4])
    assert choose(values, lambda magnitude: 100 * magnitude, 1.0).tolist() == [-1, 0, 0, 1, 6]


def test_both_signs_alike():
    values = torch.randn(1000) * 3
    bits = bits_of(30)
    assert torch.equal(choose(-values, bits, 8.0), -choose(values, bits, 8.0))


def test_a_weight_for_each_value():
    values, weights = torch.full((2,), 0.7), torch.tensor([1e-6, 1e6])
    assert choose(values, lambda magnitude: magnitude, weights).tolist() == [0, 1]
