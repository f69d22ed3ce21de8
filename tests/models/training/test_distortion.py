"""What counts as an error, where MS-SSIM has a say in it."""

import sys

import pytest
import torch

from wlc.models.training.distortion import MS_SSIM_CROP, Distortion, DistortionSettings

CPU = torch.device("cpu")


@pytest.fixture
def pictures(draw) -> tuple[torch.Tensor, torch.Tensor]:
    """Two originals, and what is left of them: one noisy, one dark."""
    original = torch.stack([torch.from_numpy(draw(192, 192, seed)).permute(2, 0, 1).float() for seed in range(2)])
    decoded = torch.stack([original[0] + 6 * torch.randn(3, 192, 192), original[1] * 0.9])
    return decoded, original


def sharing(share: float) -> Distortion:
    pytest.importorskip("pytorch_msssim")
    return Distortion(DistortionSettings(ms_ssim_share=share), CPU)


def test_a_share_of_ms_ssim_as_the_package_has_it(pictures):
    decoded, original = pictures
    squared = (decoded - original).square().mean(dim=(1, 2, 3))
    assert Distortion(DistortionSettings(), CPU)(decoded, original).equal(squared)
    from pytorch_msssim import ms_ssim

    unlike = torch.stack([1 - ms_ssim(decoded[[i]], original[[i]], data_range=255) for i in range(2)])
    alone, half, quarter = (sharing(share)(decoded, original) for share in (1.0, 0.5, 0.25))
    worth = alone / unlike
    assert torch.allclose(worth, worth[0].expand(2)) and 1000 < worth[0] < 3000
    assert torch.allclose(half, (squared + alone) / 2)
    assert torch.allclose(quarter, 0.75 * squared + 0.25 * alone)


def test_it_pulls_towards_the_picture(pictures):
    """A step against the slope makes either error less, also in half precision, which MS-SSIM itself never sees."""
    decoded, original = pictures
    for share, type_ in ((0.5, torch.float32), (1.0, torch.bfloat16)):
        judge, moved = sharing(share), decoded.to(type_, copy=True).requires_grad_()
        before = judge(moved, original)
        before.sum().backward()
        assert before.dtype == torch.float32 and torch.isfinite(moved.grad).all()
        step = moved.grad.float() * (20 / moved.grad.float().norm())
        assert (judge(moved.detach().float() - step, original) < before).all()


def test_equal_pictures_have_no_error(pictures):
    assert sharing(0.5)(pictures[1], pictures[1]).abs().max() < 1e-3


def test_the_smallest_picture():
    smallest = torch.rand(1, 3, MS_SSIM_CROP, MS_SSIM_CROP) * 255
    judge = sharing(0.5)
    assert judge.smallest == MS_SSIM_CROP and Distortion(DistortionSettings(), CPU).smallest == 1
    assert torch.isfinite(judge(smallest, smallest + 1))
    with pytest.raises(AssertionError):  # the package's own: the bound is no smaller than need be
        judge(smallest[..., 1:], smallest[..., 1:])


def test_without_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "pytorch_msssim", None)
    with pytest.raises(ValueError, match="pytorch-msssim is not installed: pip install"):
        Distortion(DistortionSettings(ms_ssim_share=0.5), CPU)
    Distortion(DistortionSettings(), CPU)
