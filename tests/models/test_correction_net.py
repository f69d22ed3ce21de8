import pytest
import torch

from wlc.models.correction_net import COEFFICIENTS, CorrectionNet, _asinh_bfloat16


def lively(blocks: int) -> CorrectionNet:
    net = CorrectionNet(16, blocks)
    torch.nn.init.normal_(net.leave.weight)
    return net.eval()


@torch.no_grad()
def test_starts_at_zero():
    net = CorrectionNet(16, 2)
    assert net(torch.randn(2, COEFFICIENTS, 8, 8), torch.tensor([3, 200])).abs().max() == 0


@torch.no_grad()
@pytest.mark.parametrize("blocks", [0, 1, 3])
def test_reach(blocks):
    """A change is felt as far as `reach` and no further: windows are cut with it."""
    net = lively(blocks)
    assert net.reach == blocks
    coefficients = torch.randn(1, COEFFICIENTS, 17, 17)
    touched = coefficients.clone()
    touched[:, :, 8, 8] += 10
    quality = torch.tensor([100])
    changed = (net(touched, quality) - net(coefficients, quality)).abs().amax(dim=(0, 1)).nonzero()
    assert changed.min() == 8 - net.reach and changed.max() == 8 + net.reach


@torch.no_grad()
def test_quality_matters():
    net = lively(1)
    coefficients = torch.randn(1, COEFFICIENTS, 4, 4).expand(2, -1, -1, -1)
    low, high = net(coefficients, torch.tensor([0, 255]))
    assert not torch.allclose(low, high)


@torch.no_grad()
def test_each_of_a_batch_alone():
    net = lively(1)
    coefficients, quality = torch.randn(2, COEFFICIENTS, 4, 4), torch.tensor([10, 240])
    alone = torch.cat([net(coefficients[i : i + 1], quality[i : i + 1]) for i in range(2)])
    assert torch.allclose(net(coefficients, quality), alone, atol=1e-4)


def test_the_last_layer_learns_at_once():
    net = CorrectionNet(16, 1)
    net(torch.randn(1, COEFFICIENTS, 8, 8), torch.tensor([50])).sum().backward()
    assert net.leave.weight.grad.abs().max() > 0


@torch.no_grad()
def test_many_gates_in_a_row_do_not_run_away():
    """A product of products once reached 1e27 on a picture of the training set, at a quality that is seldom drawn."""
    torch.manual_seed(4)
    net = CorrectionNet(16, 8)
    for block in net.blocks:
        block.gate.weight.mul_(6)
        block.gate.bias.add_(1)
    torch.nn.init.normal_(net.leave.weight)
    out = net(1e4 * torch.randn(1, COEFFICIENTS, 8, 8), torch.tensor([255]))
    assert out.isfinite().all() and out.abs().max() < 1e5


def off_from_asinh(x: torch.Tensor) -> torch.Tensor:
    """How far off the quick one is, in units of bfloat16's last place."""
    found, expected = (y.view(torch.int16).int() for y in (_asinh_bfloat16(x), torch.asinh(x).bfloat16()))
    return (found - expected).abs()


@pytest.mark.parametrize("size", [1e-30, 1e-3, 0.1, 1.0, 30.0, 1e4, 1e9])
def test_the_quick_asinh_is_asinh(size):
    torch.manual_seed(3)
    x = torch.randn(2, 64, 40, 50) * size
    x[:, :9] = 0
    off = off_from_asinh(x)
    assert off.max() <= 1 and (off > 0).float().mean() < 1 / 1000


def test_the_quick_asinh_of_what_lies_between_two_numbers():
    """Where rounding could go either way, it goes to one of the two."""
    between = (torch.arange(1 << 12, 1 << 14, dtype=torch.int32) << 16 | 0x8000).view(torch.float32)
    x = torch.sinh(between[between < 60].double()).float()
    x = torch.stack([x, torch.nextafter(x, torch.zeros(())), torch.nextafter(x, torch.full((), 1e30))])[None, ..., None]
    assert off_from_asinh(x).max() <= 1
