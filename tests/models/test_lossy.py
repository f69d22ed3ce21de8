import json

import pytest
import torch

from wlc.models import colour, wavelet
from wlc.models.groups import GROUPS
from wlc.models.integer_layers import IntConv
from wlc.models.lossy import LossyConfig, LossyModel
from wlc.models.quantiser import step


def test_config_survives_json():
    config = LossyConfig(8, 1, 16, 3, (4, 4, 6, 6, 8, 12))
    assert LossyConfig.from_dict(json.loads(json.dumps(config.as_dict()))) == config


def test_a_scale_net_for_every_group():
    with pytest.raises(ValueError, match="6 scale nets"):
        LossyConfig(scale_widths=(8, 8))


@torch.no_grad()
def test_untrained_it_is_a_wavelet_codec(tiny_config, draw):
    """Values are wavelet coefficients in steps, and unrounded they give the picture back."""
    model = LossyModel(tiny_config, IntConv).eval()
    quality = torch.tensor([30, 200])
    planes = colour.to_planes(torch.from_numpy(draw(64, 128)).permute(2, 0, 1).float().expand(2, -1, -1, -1))
    coefficients = model.coefficients_of(planes, quality)
    steps = step(quality).float().view(-1, 1, 1, 1)
    assert torch.allclose(coefficients * steps, wavelet.analyse(planes), rtol=1e-4, atol=1e-3)
    values = model.values_of(coefficients, quality)
    back = wavelet.synthesise(model.corrected(model.coefficients_from(values, quality), quality))
    assert (back - planes).abs().max() < 0.01


@torch.no_grad()
def test_no_correction_goes_beyond_the_limit(tiny_config):
    """Whatever the nets come to, on either side of the file."""
    model = LossyModel(tiny_config, IntConv).eval()
    for net in (model.encoder_net, model.decoder_net):
        net.leave.bias[:] = torch.linspace(-40, 40, 192)
    quality, x = torch.tensor([30]), torch.randn(1, 192, 16, 24)
    steps, limit = float(step(quality)), float(model.correction_limit)
    for off in (model.correct_for_coding(x * steps, quality) - x, model.corrected(x, quality) / steps - x):
        assert off[:, 0].allclose(torch.tensor(-limit), atol=1e-4) and off.max() == pytest.approx(limit, abs=1e-4)


@torch.no_grad()
def test_groups_of_values(lively_model):
    quality = torch.tensor([30])
    coefficients = torch.randn(1, 192, 16, 24)
    values = lively_model.values_of(coefficients, quality)
    wanted = [(1, group.channels, 16 >> group.shift, 24 >> group.shift) for group in GROUPS]
    assert [tuple(value.shape) for value in values] == wanted
    assert torch.allclose(lively_model.coefficients_from(values, quality), coefficients, atol=1e-4)


@torch.no_grad()
def test_gains_multiply_the_values(lively_model):
    quality = torch.tensor([30])
    coefficients = torch.randn(1, 192, 16, 24)
    values = lively_model.values_of(coefficients, quality)
    lively_model.gains.log[:, -1] += 1
    assert torch.allclose(lively_model.values_of(coefficients, quality)[-1][:, -1], values[-1][:, -1] * torch.e)
