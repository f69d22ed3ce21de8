import torch

from wlc.models import colour


def test_errors_keep_their_size():
    """The rows are orthonormal, so squared error in planes is squared error in RGB."""
    one, other = torch.rand(2, 2, 3, 8, 8, dtype=torch.float64) * 255
    in_rgb = (one - other).square().sum()
    assert torch.allclose((colour.to_planes(one) - colour.to_planes(other)).square().sum(), in_rgb, rtol=1e-6)


def test_there_and_back():
    rgb = torch.randint(0, 256, (2, 3, 5, 7)).float()
    assert torch.allclose(colour.to_rgb(colour.to_planes(rgb)), rgb, atol=1e-4)


def test_grey_has_brightness_only():
    planes = colour.to_planes(torch.full((1, 3, 4, 4), 200.0))
    assert torch.allclose(planes[:, 0], torch.tensor((200 - 128) * 3**0.5))
    assert planes[:, 1:].abs().max() < 1e-4


def test_middle_grey_is_zero():
    assert colour.to_planes(torch.full((3, 2, 2), 128.0)).abs().max() == 0


def test_without_a_batch():
    rgb = torch.rand(3, 4, 6)
    assert torch.equal(colour.to_planes(rgb), colour.to_planes(rgb[None])[0])
