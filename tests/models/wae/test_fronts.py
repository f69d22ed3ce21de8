import pytest
import torch

from wlc.models.wae.backbone import BackboneConfig
from wlc.models.wae.fronts import FRONTS, FULL, HALF, LEARNED, WAVELET, Classifier

SMALL = BackboneConfig(3, (8, 16))


@pytest.mark.parametrize("front", FRONTS)
def test_scores_of_every_class(front):
    assert Classifier(front, SMALL, 5)(torch.rand(2, 3, 32, 48)).shape == (2, 5)


@pytest.mark.parametrize("front", [WAVELET, LEARNED])
def test_both_halves_have_a_say(front):
    """The scores are those of the low half's head plus those of the head for both."""
    model = Classifier(front, SMALL, 3).eval()
    low, high = model.front(torch.rand(1, 3, 32, 32))
    nets = model.nets
    wide = nets.wide(low)
    expected = nets.head(wide) + nets.both(torch.cat([wide, nets.narrow(high)], dim=1))
    assert torch.allclose(nets(low, high), expected)
    assert not torch.allclose(nets(low, high + torch.rand_like(high)), expected)
    assert nets.wide.width == 4 * nets.narrow.width


def test_what_the_nets_see():
    picture = torch.rand(1, 3, 32, 32)
    assert Classifier(FULL, SMALL, 2).front(picture) is picture
    assert torch.allclose(Classifier(HALF, SMALL, 2).front(picture)[0, 0, 0, 0], picture[0, 0, :2, :2].mean())
    assert [half.shape[1] for half in Classifier(WAVELET, SMALL, 2).front(picture)] == [3, 9]
