import pytest
import torch

from wlc.models.groups import GROUPS, first_half
from wlc.models.integer_layers import IntConv, TrainableConv
from wlc.models.scale_nets import TABLES, ScaleNets, export, features, log_scale, lookup, magnitude_levels, table_index

WIDTHS = (4, 4, 6, 6, 8, 8)
HEIGHT, WIDTH = 16, 24


def trained_nets() -> ScaleNets:
    """Random nets whose indices use the whole range."""
    nets = ScaleNets(WIDTHS, (2, 1), TrainableConv)
    for net in nets.nets:
        for stage in (net.first, net.second):
            torch.nn.init.uniform_(stage.head.bias, 2, 5)
            torch.nn.init.normal_(stage.enter.bias)
    return nets


def random_symbols(batch: int = 1) -> list[torch.Tensor]:
    shapes = [(batch, group.channels, HEIGHT >> group.shift, WIDTH >> group.shift) for group in GROUPS]
    return [(torch.randn(shape) * torch.rand(shape).reciprocal()).round() for shape in shapes]


@torch.no_grad()
def walk(nets: ScaleNets, symbols: list[torch.Tensor], qualities: list[int]) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """What the heads say of each group, for its first and its second half."""
    context = nets.start(torch.tensor(qualities), HEIGHT, WIDTH)
    result = []
    for group in symbols:
        result.append((context.first(), context.second(group)))
        context.take(group)
    return result


def test_integers_in_range():
    raw = [x for pair in walk(export(trained_nets()), random_symbols(), [120]) for x in pair]
    assert all(torch.equal(x, x.round()) for x in raw)
    indices = torch.cat([table_index(x).flatten() for x in raw])
    assert indices.min() >= 0 and indices.max() < TABLES
    assert len(indices.unique()) > 40  # these nets do say something


def test_shapes_are_those_of_the_symbols():
    symbols = random_symbols(2)
    for group, (first, second) in zip(symbols, walk(export(trained_nets()), symbols, [0, 255]), strict=True):
        assert first.shape == second.shape == group.shape


@pytest.mark.parametrize("group", range(len(GROUPS)))
def test_nothing_is_known_before_it_is_coded(group):
    """Another group at this place leaves all that was said before, and of itself only its first half is heard."""
    nets = export(trained_nets())
    symbols = random_symbols()
    before = walk(nets, symbols, [90])
    mask = first_half(*symbols[group].shape[1:])

    def changed(where: torch.Tensor) -> list[tuple[torch.Tensor, torch.Tensor]]:
        others = list(symbols)
        others[group] = torch.where(where, symbols[group] + 50, symbols[group])
        return walk(nets, others, [90])

    by_second_half = changed(~mask)
    for old, new in zip(before[: group + 1], by_second_half[: group + 1], strict=True):
        assert torch.equal(old[0], new[0]) and torch.equal(old[1], new[1])
    by_first_half = changed(mask)
    for old, new in zip(before[:group], by_first_half[:group], strict=True):
        assert torch.equal(old[0], new[0]) and torch.equal(old[1], new[1])
    assert torch.equal(before[group][0], by_first_half[group][0])
    assert not torch.equal(before[group][1], by_first_half[group][1])
    if group + 1 < len(GROUPS):
        assert not torch.equal(before[group + 1][0], by_second_half[group + 1][0])


def test_signs_are_not_looked_at():
    nets = export(trained_nets())
    symbols = random_symbols()
    for one, other in zip(walk(nets, symbols, [9]), walk(nets, [-x for x in symbols], [9]), strict=True):
        assert torch.equal(one[0], other[0]) and torch.equal(one[1], other[1])


def test_each_of_a_batch_alone():
    nets = export(trained_nets())
    symbols = random_symbols(3)
    together = walk(nets, symbols, [0, 77, 255])
    for number, quality in enumerate((0, 77, 255)):
        alone = walk(nets, [x[number : number + 1] for x in symbols], [quality])
        for one, many in zip(alone, together, strict=True):
            assert torch.equal(one[0][0], many[0][number]) and torch.equal(one[1][0], many[1][number])


@torch.no_grad()
@pytest.mark.parametrize("whole_biases", [True, False])
def test_agreement_with_the_trained_twin(whole_biases):
    """Half an index of rounding in the head is all that integers cost. Where the bias of an earlier layer is no whole
    number, an activation may also fall on the other side of its rounding, but hardly ever does."""
    trained = trained_nets()
    for name, layer in trained.named_modules():
        if whole_biases and isinstance(layer, TrainableConv) and not name.endswith("head"):
            layer.bias.copy_((layer.bias * layer.UNIT).round() / layer.UNIT)
    symbols = random_symbols()
    exact, raw = (
        torch.cat([table_index(x).flatten() for pair in walk(nets, symbols, [130]) for x in pair])
        for nets in (export(trained), trained)
    )
    off = (exact - raw).abs()
    assert off.quantile(0.99) <= (0.55 if whole_biases else 0.8)
    assert off.max() <= (0.55 if whole_biases else 2.5)


def test_export_is_proven():
    nets = export(trained_nets())
    layers = [module for module in nets.modules() if isinstance(module, IntConv)]
    assert len(layers) == len(GROUPS) * 2 * (2 + sum(nets.looks))
    for layer in layers:
        layer.prepare()
        assert layer.weight.abs().max() > 0


def test_export_refuses_what_integers_cannot_hold():
    trained = trained_nets()
    with torch.no_grad():
        trained.nets[2].first.looks[0].mix.bias[0] = 1e6
    with pytest.raises(ValueError):
        export(trained)


def test_magnitudes_as_features():
    levels = magnitude_levels()
    assert levels[:4].tolist() == [0, 32, 51, 64]
    assert levels.max() == 255 and (levels.diff() >= 0).all()
    assert features(torch.tensor([0.0, -3.0, 3.0, -1e6]), levels).tolist() == [0, 64, 64, 255]


def test_an_index_names_a_scale():
    assert log_scale(torch.tensor([-5.0, 0.0, 63.0, 99.0])).tolist() == pytest.approx([-3, -3, 5.001, 5.001])


@pytest.mark.parametrize("shape", [(7,), (2, 3, 5, 4)])
@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
def test_looking_up_is_indexing(shape, memory_format):
    row, places = torch.randn(50), torch.randint(50, shape)
    if len(shape) == 4:
        places = places.contiguous(memory_format=memory_format)
    assert torch.equal(lookup(row, places.int()), row[places])
