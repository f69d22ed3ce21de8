import pytest
import torch

from wlc.models.code_length import code_length
from wlc.models.groups import GROUPS, first_half
from wlc.models.symbols import with_indices
from wlc.models.table_sets import SETS
from wlc.models.training.table_fit import logistic_cost

BITS = logistic_cost().repeat(SETS, 1)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """Nets this small gain nothing from more."""
    torch.set_num_threads(1)


@pytest.fixture
def symbols() -> list[torch.Tensor]:
    return [torch.randn(1, *group.shape(8, 16)).mul(3).round() for group in GROUPS]


def test_the_tables_that_a_reader_will_use(lively_model, symbols):
    length = code_length(lively_model, symbols, 140, BITS)
    total = 0.0
    for named, index in zip(with_indices(lively_model, symbols, 140), length.indices, strict=True):
        assert torch.equal(named.indices.long(), index)
        total += BITS[index, named.symbols.abs().long()].sum().item()
    assert length.bits == pytest.approx(total)


def test_what_nobody_sees_after_it_puts_no_pressure_on_anybody(lively_model, symbols):
    pressure = code_length(lively_model, symbols, 140, BITS).pressure
    seen = first_half(*symbols[-1].shape[1:])
    assert pressure[-1][~seen].abs().max() == 0 and pressure[-1][seen].abs().max() > 0
    assert all(p.abs().max() > 0 for p in pressure)


def test_nothing_is_left_behind(lively_model, symbols):
    with torch.no_grad():
        code_length(lively_model, symbols, 140, BITS)
    assert all(parameter.grad is None for parameter in lively_model.parameters())
