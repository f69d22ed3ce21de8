import pytest
import torch

from wlc.models.training import checkpoint


def test_there_and_back(tmp_path):
    tensors = {"model.a": torch.randn(3, 4), "average.b": torch.arange(5)}
    checkpoint.save(tmp_path / "new" / "folder", tensors, {"step": "7"})
    loaded, notes = checkpoint.load(tmp_path / "new" / "folder")
    assert notes == {"step": "7"} and loaded.keys() == tensors.keys()
    assert all(torch.equal(loaded[name], tensor) for name, tensor in tensors.items())


def test_nothing_there(tmp_path):
    assert checkpoint.load(tmp_path) is None


def test_an_interruption_leaves_the_old_one(tmp_path, monkeypatch):
    checkpoint.save(tmp_path, {"a": torch.zeros(2)}, {"step": "1"})

    def full_disk(tensors, path, metadata):
        path.write_bytes(b"half a fi")
        raise OSError("no space left")

    monkeypatch.setattr(checkpoint, "save_file", full_disk)
    with pytest.raises(OSError):
        checkpoint.save(tmp_path, {"a": torch.ones(2)}, {"step": "2"})
    tensors, notes = checkpoint.load(tmp_path)
    assert notes == {"step": "1"} and tensors["a"].sum() == 0


def optimised(steps: int) -> tuple[torch.nn.Module, torch.optim.Optimizer]:
    torch.manual_seed(0)
    module = torch.nn.Linear(3, 2)
    optimiser = torch.optim.AdamW(module.parameters(), lr=0.1)
    for _ in range(steps):
        advance(module, optimiser)
    return module, optimiser


def advance(module: torch.nn.Module, optimiser: torch.optim.Optimizer) -> None:
    optimiser.zero_grad()
    module(torch.ones(3)).square().sum().backward()
    optimiser.step()


def test_the_optimiser_goes_on_where_it_was(tmp_path):
    module, optimiser = optimised(3)
    checkpoint.save(tmp_path, checkpoint.pack_optimiser(optimiser), {})
    again, restored = optimised(0)
    again.load_state_dict(module.state_dict())
    checkpoint.unpack_optimiser(restored, checkpoint.load(tmp_path)[0])
    for one in ((module, optimiser), (again, restored)):
        advance(*one)
    assert torch.equal(module.weight, again.weight) and torch.equal(module.bias, again.bias)


def test_weights_alone_are_enough():
    module, optimiser = optimised(0)
    checkpoint.unpack_optimiser(optimiser, {"average.weight": torch.zeros(2)})
    advance(module, optimiser)
