import pytest
import torch

from wlc.models.wae import strips, transforms


@pytest.fixture(params=transforms.NAMES)
def transform(request):
    return transforms.learned()[0] if request.param == transforms.LEARNED else transforms.fixed(request.param)


@torch.inference_mode()
def test_strips_leave_no_seams(transform, monkeypatch):
    picture = torch.rand(3, 90, 22) * 2 - 1
    monkeypatch.setattr(strips, "ROWS", 16)
    halves = strips.split(transform, picture)
    for part, whole in zip(halves, transform.split(picture[None]), strict=True):
        assert torch.allclose(part, whole[0], atol=1e-5)
    back = strips.merge(transform, *halves)
    assert back.shape == picture.shape
    assert torch.allclose(back, transform.merge(*(half[None] for half in halves))[0], atol=1e-5)
