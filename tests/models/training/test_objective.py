import pytest
import torch

from wlc.models.integer_layers import TrainableConv
from wlc.models.lossy import LossyModel
from wlc.models.scale_nets import TABLES
from wlc.models.training import objective, warm_start


@pytest.fixture
def crops(draw) -> torch.Tensor:
    return torch.stack([torch.from_numpy(draw(64, 64, seed)).permute(2, 0, 1).float() for seed in range(4)])


@pytest.fixture
def model(tiny_config, crops) -> LossyModel:
    model = LossyModel(tiny_config, TrainableConv)
    warm_start.initialise(model, crops)
    return model


@pytest.mark.parametrize("log_scale", [-3.0, 0.0, 2.0])
def test_a_logistic_distribution_in_bins(log_scale):
    magnitude = torch.tensor([0.0, 1.0, 4.0])
    scale = torch.tensor(log_scale, dtype=torch.float64).exp()
    edges = [torch.sigmoid((magnitude.double() + half) / scale) for half in (-0.5, 0.5)]
    expected = -torch.log2(edges[1] - edges[0] + 2.0**-16)
    assert torch.allclose(objective.logistic_bits(magnitude, torch.tensor(log_scale)).double(), expected, atol=1e-2)


def test_no_symbol_costs_much_more_than_sixteen_bits():
    assert objective.logistic_bits(torch.tensor([1e6]), torch.tensor([-3.0])).item() == pytest.approx(16)


def test_bits_have_a_slope_at_every_scale():
    log_scale = torch.linspace(-3, 5, TABLES).requires_grad_()
    objective.logistic_bits(torch.tensor(1.0), log_scale).sum().backward()
    assert torch.isfinite(log_scale.grad).all() and (log_scale.grad != 0).float().mean() > 0.9


def test_better_quality_costs_more(model, crops):
    outcome = objective.evaluate(model, crops[:1].expand(4, -1, -1, -1), torch.tensor([0, 80, 160, 255]), bf16=False)
    assert (outcome.bits_per_pixel.diff() > 0).all()
    assert (outcome.squared_error.diff() < 0).all()
    assert torch.isfinite(outcome.loss) and outcome.loss.ndim == 0


def test_everything_is_learned(tiny_config, crops, model):
    """Once the last layers have moved away from zero, every number of the model has a slope."""
    for net in (model.encoder_net, model.decoder_net):
        torch.nn.init.normal_(net.leave.weight, std=0.01)
    objective.evaluate(model, crops, torch.tensor([0, 100, 180, 255]), bf16=False).loss.backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None and torch.isfinite(parameter.grad).all(), name
        assert parameter.grad.abs().max() > 0, name


def test_the_scale_nets_learn_from_symbols_and_the_encoder_from_noise(model, crops):
    """What is written has no slope, so the encoder feels the rate of its values with noise; the nets that predict
    what is written must not learn from that noise."""
    quality = torch.full((4,), 120)

    def slopes(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
        model.zero_grad()
        torch.manual_seed(seed)
        objective.evaluate(model, crops, quality, bf16=False).loss.backward()
        last = model.scale_nets.nets[-1].second.looks[0].mix
        return last.weight.grad.clone(), model.encoder_net.leave.weight.grad.clone()

    (nets, encoder), (nets_again, encoder_again) = slopes(1), slopes(2)
    assert nets.abs().max() > 0 and torch.allclose(nets, nets_again, rtol=1e-4, atol=1e-8)
    assert not torch.allclose(encoder, encoder_again, rtol=1e-4, atol=1e-8)


def test_bf16_is_about_the_same(model, crops):
    quality = torch.full((4,), 120)
    with torch.no_grad():
        one, other = (objective.evaluate(model, crops, quality, bf16) for bf16 in (False, True))
    assert other.bits_per_pixel.mean().item() == pytest.approx(one.bits_per_pixel.mean().item(), rel=0.05)
    assert other.squared_error.mean().item() == pytest.approx(one.squared_error.mean().item(), rel=0.05)
