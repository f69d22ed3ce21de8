import torch
from torch.nn import functional

from wlc.models.wae.lifting import HAAR
from wlc.models.wae.nets import Wae, WaeConfig, to_samples, to_unit


def test_it_begins_as_a_wavelet():
    picture = torch.rand(2, 3, 20, 28) * 2 - 1
    low, high = Wae(WaeConfig()).split(picture)
    assert torch.allclose(low, functional.avg_pool2d(picture, 2), atol=1e-6)
    details = HAAR.split(picture)[1].unflatten(1, (3, 3)).sum(dim=2) / 3**0.5
    assert torch.allclose(high.abs(), details.abs(), atol=1e-6)


def test_without_colour_nothing_is_lost_from_the_beginning():
    grey = (torch.rand(1, 1, 16, 16) * 2 - 1).expand(-1, 3, -1, -1)
    model = Wae(WaeConfig())
    assert torch.allclose(model.merge(*model.split(grey)), grey, atol=1e-5)


def test_nets_on_both_sides_can_learn():
    model, picture = Wae(WaeConfig()), torch.rand(1, 3, 16, 16) * 2 - 1
    for net in (model.encoder.nets[-1], model.low.nets[-1], model.high.nets[-1]):
        torch.nn.init.normal_(net.weight, std=0.1)
    model.merge(*model.split(picture)).square().sum().backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in model.parameters())


def test_samples_and_units():
    samples = torch.arange(256)
    unit = to_unit(samples)
    assert (unit[0], unit[-1]) == (-1, 1) and torch.allclose(to_samples(unit), samples.float(), atol=1e-4)


def test_sizes_are_kept():
    assert WaeConfig.from_dict(WaeConfig(8, 2).as_dict()) == WaeConfig(8, 2)
    assert len(Wae(WaeConfig(8, 2)).encoder.nets) == len(Wae(WaeConfig(8, 1)).encoder.nets) + 2
