import pytest
import torch

from wlc.models import colour
from wlc.models.groups import GROUPS
from wlc.models.integer_layers import TrainableConv
from wlc.models.lossy import LossyModel
from wlc.models.scale_nets import LOG_SCALE_FIRST, NATS_PER_TABLE, log_scale
from wlc.models.training import objective, warm_start
from wlc.models.training.table_fit import logistic_cost


@pytest.fixture
def crops(draw) -> torch.Tensor:
    return torch.stack([torch.from_numpy(draw(128, 128, seed)).permute(2, 0, 1).float() for seed in range(6)])


@pytest.fixture
def model(tiny_config, crops) -> LossyModel:
    torch.manual_seed(0)
    model = LossyModel(tiny_config, TrainableConv)
    warm_start.initialise(model, crops)
    return model


def test_spreads_are_those_of_the_groups(model, crops):
    quality = torch.tensor([100])
    coefficients = model.coefficients_of(colour.to_planes(crops), quality.expand(len(crops)))
    values = model.values_of(coefficients, quality)
    step = warm_start.step(quality).float()
    for value, spread, group in zip(values, warm_start.spreads(crops), GROUPS, strict=True):
        assert spread.shape == (group.channels,)
        expected = (value * step).square().mean(dim=(0, 2, 3)).sqrt().clamp(min=0.05)
        assert torch.allclose(spread, expected, rtol=1e-3)


@torch.no_grad()
@pytest.mark.parametrize("quality, at_most", [(20, 1.3), (120, 1.1), (220, 1.04)])
def test_bits_are_near_those_of_the_best_tables(model, crops, quality, at_most):
    """Of one table a channel, chosen afterwards among all 64 for the very same symbols."""
    rate_index = torch.full((len(crops),), quality)
    coefficients = model.coefficients_of(colour.to_planes(crops), rate_index)
    context = model.scale_nets.start(rate_index, *coefficients.shape[-2:])
    costs = logistic_cost()
    reached = best = 0.0
    for value in model.values_of(coefficients, rate_index):
        symbols = value.round()
        for raw in (context.first(), context.second(symbols)):
            reached += objective.logistic_bits(symbols.abs(), log_scale(raw)).sum().item() / 2
        context.take(symbols)
        magnitudes = symbols.abs().clamp(max=costs.shape[1] - 1).long()
        for channel in magnitudes.unbind(1):
            best += costs[:, channel.flatten()].sum(dim=1).min().item()
    assert reached < at_most * best


@torch.no_grad()
@pytest.mark.parametrize("quality", [0, 100, 255])
def test_every_channel_has_its_scale_at_every_quality(model, crops, quality):
    """Where a net understands nothing yet, its head says spread / step, for each channel."""
    expected = [torch.log(0.4 * spread / warm_start.step(quality).float()) for spread in warm_start.spreads(crops)]
    for net, wanted in zip(model.scale_nets.nets, expected, strict=True):
        for head in (net.first.head, net.second.head):
            nothing = torch.zeros(1, head.weight.shape[1], 1, 1)
            nothing[:, -1] = quality
            scale = LOG_SCALE_FIRST + NATS_PER_TABLE * head(nothing).flatten()
            assert (scale - wanted).abs().max() < 0.25  # two tables: the quality's weight has eight bits


@torch.no_grad()
def test_without_it_they_are_not(tiny_config, crops):
    rate_index = torch.full((len(crops),), 120)

    def bits(model: LossyModel) -> float:
        return objective.evaluate(model, crops, rate_index, bf16=False).bits_per_pixel.mean().item()

    model = LossyModel(tiny_config, TrainableConv)
    cold = bits(model)
    warm_start.initialise(model, crops)
    assert bits(model) < 0.7 * cold
