from copy import deepcopy

import torch
from torch import nn

from wlc.models.wae.backbone import Backbone, BackboneConfig, without_norms


def lively(net: nn.Module) -> nn.Module:
    """With norms that do something."""
    for layer in net.modules():
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.uniform_(layer.weight, 0.5, 2)
            nn.init.uniform_(layer.bias, -1, 1)
            layer.running_mean.uniform_(-1, 1)
            layer.running_var.uniform_(0.5, 2)
    return net.eval()


def test_norms_are_folded_without_changing_anything():
    net = lively(Backbone(BackboneConfig(5, (8, 16))))
    folded = without_norms(deepcopy(net))
    assert not any(isinstance(layer, nn.BatchNorm2d) for layer in folded.modules())
    x = torch.randn(2, 5, 17, 20)
    assert torch.allclose(net(x), folded(x), atol=1e-4)


def test_grids_and_widths():
    net, seen = Backbone(BackboneConfig(3)), []
    for stage in net.stages:
        stage.register_forward_hook(lambda _module, _inputs, made: seen.append(tuple(made.shape[1:])))
    assert net(torch.randn(2, 3, 64, 48)).shape == (2, 128)
    assert seen == [(32, 32, 24), (64, 16, 12), (128, 8, 6)]


def test_a_grid_that_is_coarse_already_becomes_finer():
    net = lively(Backbone(BackboneConfig(5, (8, 16), doubling=True)))
    assert net.stem(torch.randn(1, 5, 6, 7)).shape == (1, 8, 12, 14)
    x = torch.randn(1, 5, 6, 7)
    assert torch.allclose(net(x), without_norms(deepcopy(net))(x), atol=1e-4)


def test_a_quarter_of_the_width():
    assert BackboneConfig(3).narrower(9, 4) == BackboneConfig(9, (8, 16, 32))
