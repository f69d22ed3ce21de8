"""Checkpoints of every published form are read; whatever would run something is refused, and does not run."""

import argparse
import io
import sys
from types import SimpleNamespace

import pytest
import torch

from wlc.models.walloc.checkpoint import UnreadableCheckpoint, read_checkpoint

STATE = {"a.weight": torch.arange(6.0).view(2, 3), "a.bias": torch.ones(2)}
SETTINGS = {"channels": 3, "J": 3, "latent_bits": 8, "learning_rate": 1e-3}


def saved(held: object, **how: object) -> bytes:
    stream = io.BytesIO()
    torch.save(held, stream, **how)
    return stream.getvalue()


def in_main(name: str, monkeypatch) -> object:
    """Settings as an object of a class that the training script defined, as WaLLoC's does."""
    kind = type(name, (), {"__module__": "__main__"})
    monkeypatch.setattr(sys.modules["__main__"], name, kind, raising=False)
    found = kind()
    found.__dict__.update(SETTINGS)
    return found


@pytest.mark.parametrize("key", ["args", "config"])
@pytest.mark.parametrize("form", ["dict", "Namespace", "SimpleNamespace", "Args", "Config"])
@pytest.mark.parametrize("zipped", [True, False])
def test_published_forms(key, form, zipped, monkeypatch):
    forms = {
        "dict": lambda: dict(SETTINGS),
        "Namespace": lambda: argparse.Namespace(**SETTINGS),
        "SimpleNamespace": lambda: SimpleNamespace(**SETTINGS),
    }
    settings = forms[form]() if form in forms else in_main(form, monkeypatch)
    data = saved({key: settings, "model_state_dict": STATE}, _use_new_zipfile_serialization=zipped)
    tensors, told = read_checkpoint(data)
    assert told == SETTINGS
    assert list(tensors) == list(STATE) and all(torch.equal(tensors[name], STATE[name]) for name in STATE)


def test_without_settings_and_in_half_precision():
    halves = {name: tensor.half() for name, tensor in STATE.items()}
    tensors, told = read_checkpoint(saved({"model_state_dict": halves, "epoch": 7}))
    assert told == {} and all(torch.equal(tensors[name], STATE[name]) for name in STATE)
    assert {tensor.dtype for tensor in tensors.values()} == {torch.float32}


class Malicious:
    """Unpickling it writes a file."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self):
        return open, (self.path, "w")


class Evaluated:
    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self):
        return eval, (f"open({self.path!r}, 'w')",)


@pytest.mark.parametrize("kind", [Malicious, Evaluated])
@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("place", ["args", "model_state_dict", "more"])
def test_a_pickle_that_does_something_is_refused(tmp_path, kind, zipped, place):
    trap = tmp_path / "sprung"
    held = {"args": SETTINGS, "model_state_dict": STATE} | {place: kind(str(trap))}
    data = saved(held, _use_new_zipfile_serialization=zipped)
    with pytest.raises(ValueError, match="nothing in it was run") as caught:
        read_checkpoint(data)
    assert not isinstance(caught.value, UnreadableCheckpoint) and not trap.exists()
    torch.load(io.BytesIO(data), weights_only=False)  # it is a trap indeed
    assert trap.exists()


def test_a_stand_in_for_settings_stays_one(tmp_path):
    """Settings' own names let nothing else in: a method of theirs is never called, nor any class but ours made."""

    class Args:
        def __setstate__(self, state):
            (tmp_path / "sprung").touch()

    Args.__module__, Args.__qualname__ = "__main__", "Args"
    sys.modules["__main__"].Args = Args
    try:
        args = Args()
        args.J = 3
        data = saved({"args": args, "model_state_dict": STATE})
        assert read_checkpoint(data)[1] == {"J": 3}
    finally:
        del sys.modules["__main__"].Args
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("data", [b"", b"not a checkpoint", bytes(1000), b"PK\x03\x04" + bytes(100), b"\x80\x02."])
def test_what_is_no_checkpoint(data):
    with pytest.raises(UnreadableCheckpoint, match="not a checkpoint that torch can read"):
        read_checkpoint(data)


def test_cut_off():
    data = saved({"model_state_dict": STATE})
    for length in range(0, len(data), 97):
        with pytest.raises(UnreadableCheckpoint):
            read_checkpoint(data[:length])


@pytest.mark.parametrize("held", [STATE, [1, 2], {"model_state_dict": 3}, {"args": SETTINGS}])
def test_without_a_model(held):
    with pytest.raises(ValueError, match="no 'model_state_dict'"):
        read_checkpoint(saved(held))


@pytest.mark.parametrize("odd", [3, "text", torch.arange(3), torch.eye(3).to_sparse(), {"x": torch.ones(1)}])
def test_other_things_among_tensors(odd):
    with pytest.raises(ValueError, match="other things than plain tensors"):
        read_checkpoint(saved({"model_state_dict": STATE | {"odd": odd}}))


def test_tensors_larger_than_the_file():
    """A view of one number can claim any size; nothing may be made of it."""
    huge = torch.zeros(1).expand(1 << 20, 1 << 20)
    with pytest.raises(ValueError, match="larger than the file"):
        read_checkpoint(saved({"model_state_dict": {"a": huge}}))
