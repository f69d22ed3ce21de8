"""Distances between encodings, for every kind of encoder; slopes in both pictures."""

import pytest
import torch

import wlc
from wlc.models import colour, weights
from wlc.models.feature_loss import FeatureLoss
from wlc.models.microscopy import Microscopy, MicroscopyConfig
from wlc.models.quantiser import step
from wlc.models.walloc import Codec1D, Codec2D


@pytest.fixture
def microscopy() -> Microscopy:
    model = Microscopy(MicroscopyConfig((8, 8, 4), (1, 1, 0), 2))
    torch.nn.init.normal_(model.to_code.weight, std=0.2)
    return model


@pytest.fixture
def encoders(lively_model, microscopy) -> dict[str, torch.nn.Module]:
    heavy = Codec2D(3, 2, 32, 32, 4, 8, lightweight_encode=False)
    light = Codec2D(3, 2, 32, 32, 4, 8, lightweight_encode=True)
    return {"lossy": lively_model, "microscopy": microscopy, "walloc": heavy, "light": light}


def pictures(draw, height: int = 64, width: int = 64) -> tuple[torch.Tensor, torch.Tensor]:
    one = torch.from_numpy(draw(height, width)).movedim(-1, 0)[None].double()
    return one, (one + 12 * torch.randn_like(one)).clamp(0, 255)


@pytest.mark.parametrize(
    ("which", "of"),
    [("lossy", "both"), ("microscopy", "both"), ("walloc", "both"), ("light", "code"), ("microscopy", "inner")],
)
def test_slopes_are_those_of_the_distance(encoders, draw, which, of):
    """Along a random direction for each of the two pictures, in double precision."""
    loss = FeatureLoss(encoders[which], of).double()
    one, other = pictures(draw)
    one.requires_grad_()
    other.requires_grad_()
    loss(one, other).backward()
    for moved in (one, other):
        direction = torch.randn_like(moved)
        foretold = (moved.grad * direction).sum().item()
        with torch.no_grad():
            at = [loss(*(x + step * direction if x is moved else x for x in (one, other))) for step in (1e-4, -1e-4)]
        measured = (at[0] - at[1]).item() / 2e-4
        assert abs(foretold) > 1e-9
        assert measured == pytest.approx(foretold, rel=1e-4)


def test_gradcheck(draw, microscopy):
    loss = FeatureLoss(microscopy, "both").double()
    one, other = (x.requires_grad_() for x in pictures(draw, 8, 8))
    assert torch.autograd.gradcheck(loss, (one, other), eps=1e-3, atol=1e-7, rtol=1e-3)


@pytest.mark.parametrize("which", ["lossy", "microscopy", "walloc", "light"])
def test_a_distance(encoders, draw, which):
    loss = FeatureLoss(encoders[which])
    one, other = (x.float() for x in pictures(draw, 50, 70))  # sides that no encoder takes as they are
    assert loss(one, one).item() == 0
    assert loss(one, other).item() == pytest.approx(loss(other, one).item(), rel=1e-5)
    near = one + (other - one) / 4
    assert 0 < loss(one, near).item() < loss(one, other).item()


def test_without_nets_it_is_squared_error_in_steps(draw, lively_model):
    """The wavelets are nearly orthonormal: that is what the encoding's units mean."""
    torch.nn.init.zeros_(lively_model.encoder_net.leave.weight)
    one, other = (x.float() for x in pictures(draw, 128, 128))
    error = (colour.to_planes(one) - colour.to_planes(other)).square().mean().item() / step(152).item() ** 2
    assert FeatureLoss(lively_model, quality=60)(one, other).item() == pytest.approx(error, rel=0.15)


def test_the_model_stays_as_it_was(draw, microscopy):
    loss = FeatureLoss(microscopy, "both")
    assert all(parameter.requires_grad for parameter in microscopy.parameters())
    assert not any(parameter.requires_grad for parameter in loss.parameters())
    loss.train()
    assert not any(module.training for module in loss.encoder.modules())
    one, other = (x.float() for x in pictures(draw))
    before = loss(one, other).item()
    with torch.no_grad():
        microscopy.to_code.weight.mul_(3)
    assert loss(one, other).item() == before


def test_installed_models_by_name(draw):
    one, other = (x.float() for x in pictures(draw))
    by_name = wlc.FeatureLoss("photo")(one, other)
    by_path = wlc.FeatureLoss(str(weights.SHIPPED / "photo.safetensors"))(one, other)
    assert by_name.item() == by_path.item() > 0


def test_what_cannot_be(microscopy, encoders):
    with pytest.raises(ValueError, match="no model named 'nowhere'; installed: .*photo"):
        FeatureLoss("nowhere")
    with pytest.raises(ValueError, match="SampleNets has no encoder"):
        FeatureLoss("lossless")
    with pytest.raises(ValueError, match="only halves"):
        FeatureLoss("wae")
    with pytest.raises(ValueError, match="no encoder of pictures"):
        FeatureLoss(Codec1D(2, 2, 8, 8, 4, 8, True, False))
    with pytest.raises(ValueError, match="single layer"):
        FeatureLoss(encoders["light"], "inner")
    with pytest.raises(ValueError, match="of is"):
        FeatureLoss(microscopy, "all")
    with pytest.raises(ValueError, match="quality"):
        FeatureLoss(microscopy, quality=0)
    with pytest.raises(ValueError, match="alike"):
        FeatureLoss(microscopy)(torch.zeros(1, 3, 8, 8), torch.zeros(1, 3, 8, 9))
