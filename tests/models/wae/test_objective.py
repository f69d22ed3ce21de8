import torch

from wlc.models.wae.nets import Wae, WaeConfig
from wlc.models.wae.objective import evaluate


def pictures():
    return torch.rand(4, 3, 16, 16) * 2 - 1


def test_energy_costs_what_it_is_worth():
    model, some = Wae(WaeConfig()), pictures()
    free = evaluate(model, some, 0.0)
    dear = evaluate(model, some, 2.0)
    assert torch.allclose(free.loss, free.squared_error.mean())
    assert torch.allclose(dear.loss - dear.squared_error.mean(), 2 * dear.high.square().mean(), atol=1e-4)


def test_a_faint_high_half_is_not_for_free():
    """Grey pictures come back whole; with the high half a thousandth as strong, rounding makes noise of it."""
    model, some = Wae(WaeConfig()), pictures().mean(dim=1, keepdim=True).expand(-1, 3, -1, -1)
    before = evaluate(model, some, 0.0).squared_error.mean()
    with torch.no_grad():
        model.encoder.wavelet.weight[3:] /= 1000
        model.high.wavelet.weight *= 1000
    faint = evaluate(model, some, 0.0).squared_error.mean()
    assert before < 1e-4 < 1 < faint


def test_training_brings_both_down():
    model, some = Wae(WaeConfig()), pictures()
    optimiser = torch.optim.Adam(model.parameters(), 3e-3)
    losses = []
    for _ in range(30):
        loss = evaluate(model, some, 0.1).loss
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.9 * losses[0]
