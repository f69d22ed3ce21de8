"""Tiles of any size to one small picture of whole numbers, and back."""

import pytest
import torch

from wlc.models import microscopy
from wlc.models.microscopy import CELL, Enlarge, Microscopy, MicroscopyConfig

TINY = MicroscopyConfig((8, 8, 4), (1, 1, 1), 1)


def lively(config: MicroscopyConfig = TINY) -> Microscopy:
    """With last layers that are not zero."""
    torch.manual_seed(5)
    model = Microscopy(config)
    for last in (model.to_code, model.to_samples):
        torch.nn.init.normal_(last.weight, std=0.2)
    return model.eval()


def tile(draw, height: int, width: int) -> torch.Tensor:
    """In 0..1, as files give pictures to autoencoders."""
    return torch.from_numpy(draw(height, width)).movedim(-1, 0)[None].float() / 255


@pytest.mark.parametrize("size", [(64, 64), (181, 181), (61, 90), (1, 1), (3, 200)])
@pytest.mark.parametrize("channels", [1, 2])
def test_any_size(draw, size, channels):
    model = lively(MicroscopyConfig((8, 8, 4), (1, 1, 1), channels))
    with torch.no_grad():
        codes = model.codes_of(tile(draw, *size))
        back = model.pictures_from(codes, size)
    assert codes.shape == (1, channels, -(-size[0] // CELL), -(-size[1] // CELL))
    assert torch.equal(codes, codes.round())
    assert back.shape == (1, 3, *size)
    assert back.min() >= 0 and back.max() <= 1


def test_untrained_it_makes_tiles_smaller_and_larger(draw):
    """The straight paths: grey tiles that change slowly come back nearly as they were."""
    y, x = torch.meshgrid(torch.arange(80.0), torch.arange(64.0), indexing="ij")
    slow = (2 * x + y).expand(1, 3, -1, -1)
    model = Microscopy(TINY)
    model.look_at(torch.zeros(3), torch.full((3, 3), 3**-0.5))
    with torch.no_grad():
        codes = model.codes_of(slow / 255)
        back = model.pictures_from(codes, (80, 64))
    assert (255 * back - slow).square().mean().sqrt() < 3
    assert (codes[0, 0, :, 1:] > codes[0, 0, :, :-1]).all()  # as viewable as a picture: brighter is more


def test_the_first_axis_of_colour_is_kept(draw):
    """Two stains: colours on a line through the mean come back, colours beside it do not."""
    mean, axis = torch.tensor([0.5, 0.1, 0.6]), torch.tensor([0.6, 0.64, -0.48])
    axes = torch.stack([axis, torch.tensor([0.8, -0.48, 0.36]), torch.tensor([0.0, 0.6, 0.8])])
    model = Microscopy(TINY)
    model.look_at(mean, axes)
    for along, beside, near in ((0.7, 0.0, True), (-0.4, 0.0, True), (0.0, 0.5, False)):
        colour = (mean + along * axes[0] + beside * axes[1]) * 64 + 128
        flat = colour.view(1, 3, 1, 1).expand(1, 3, 32, 32)
        off = (255 * model.pictures_from(model.codes_of(flat / 255), (32, 32)) - flat).abs().max().item()
        assert off < 4 if near else off > 10


def test_no_frame():
    """What a flat tile becomes does not depend on where in the tile one looks, and enlarging a flat plane neither."""
    flat = torch.tensor([200.0, 120.0, 180.0]).view(1, 3, 1, 1).expand(1, 3, 48, 48)
    with torch.no_grad():
        assert lively().values_of(flat).std() < 1e-3
        enlarged = Enlarge(3, 2, 4)(flat)
    assert enlarged.shape == (1, 2, 192, 192)
    assert torch.allclose(enlarged, enlarged[..., :4, :4].repeat(1, 1, 48, 48), atol=1e-3)


def test_large_tiles_have_no_seams(draw, monkeypatch):
    """Part by part, codes and samples are those of the whole."""
    model, rgb = lively(), tile(draw, 300, 216)
    with torch.no_grad():
        values, codes = model.values_of(255 * rgb), model.codes_of(rgb)
        back = model.pictures_from(codes, (300, 216))
        monkeypatch.setattr(microscopy, "_CORE", 16)
        in_parts = microscopy.in_patches(model.values_of, 255 * rgb, 16, model.reach, cell=CELL)
        assert torch.allclose(in_parts, values, atol=1e-3)
        assert not torch.allclose(
            microscopy.in_patches(model.values_of, 255 * rgb, 16, 2, cell=CELL), values, atol=1e-3
        )
        assert (model.codes_of(rgb) - codes).abs().sum() <= 2  # rounding may fall to either side
        assert torch.allclose(model.pictures_from(codes, (300, 216)), back, atol=1e-4)


def test_smaller_pictures(draw):
    model = lively()
    codes = model.codes_of(tile(draw, 50, 61))
    whole = model.pictures_from(codes, (50, 61))
    for halvings, size in ((1, (25, 31)), (2, (13, 16)), (3, (7, 8))):
        smaller = model.pictures_from(codes, (50, 61), halvings)
        assert smaller.shape == (1, 3, *size)
        side = 2**halvings
        assert torch.allclose(smaller[..., 1, 2], whole[..., side : 2 * side, 2 * side : 3 * side].mean((2, 3)))


def test_codes_stay_in_their_range(draw):
    model = lively()
    torch.nn.init.constant_(model.log_gain, 9.0)
    codes = model.codes_of(tile(draw, 32, 32))
    assert codes.abs().max() == 2 ** (model.latent_bits - 1) - 1


def test_slopes_reach_everything(draw):
    model = lively()
    rgb = 255 * tile(draw, 32, 32)
    values = model.values_of(rgb)
    (model.decoded(values) - rgb).square().mean().backward()
    assert all(parameter.grad is not None and parameter.grad.abs().sum() > 0 for parameter in model.parameters())


def test_sizes_are_checked():
    with pytest.raises(ValueError, match="three widths"):
        MicroscopyConfig((8, 8), (1, 1, 1))
    with pytest.raises(ValueError, match="at least 1"):
        MicroscopyConfig((8, 0, 8), (1, 1, 1))
    again = MicroscopyConfig.from_dict({"widths": [8, 8, 4], "blocks": [1, 1, 1], "code_channels": 1})
    assert again == TINY and MicroscopyConfig.from_dict(again.as_dict()) == TINY
