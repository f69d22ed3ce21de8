"""`wlc import-walloc`: what one gets, what one is told, and what exit code a script sees."""

import json
import os
import stat
from pathlib import Path

import pytest
import torch

from wlc.models.walloc import Codec2D, Walloc

SETTINGS = {"channels": 1, "J": 2, "latent_bits": 5}


@pytest.fixture(scope="module")
def state() -> dict[str, torch.Tensor]:
    torch.manual_seed(0)
    return Codec2D(1, 2, None, 32, 4, 5, True).state_dict()


@pytest.fixture
def checkpoint(run, state) -> Path:
    torch.save({"args": SETTINGS, "model_state_dict": state}, "a.pth")
    return Path("a.pth")


def names() -> list[str]:
    return sorted(os.listdir())


def test_a_checkpoint_becomes_a_file(run, checkpoint, state):
    ran = run("import-walloc", checkpoint, "a.safetensors")
    size = os.path.getsize("a.safetensors")
    assert (ran.code, ran.out) == (0, "") and names() == ["a.pth", "a.safetensors"]
    assert ran.err == f"a.pth -> a.safetensors: Codec2D, {size / 1000:.1f} kB\n"
    codec = Walloc.load("a.safetensors")
    assert isinstance(codec, Codec2D)
    assert all(torch.equal(codec.state_dict()[name], state[name]) for name in state)
    assert run("import-walloc", "--quiet", checkpoint, "b.safetensors").err == ""
    assert Path("b.safetensors").read_bytes() == Path("a.safetensors").read_bytes()


def test_streams(run, checkpoint):
    ran = run("import-walloc", "-", "-", stdin=checkpoint.read_bytes())
    assert ran.code == 0
    run("import-walloc", checkpoint, "a.safetensors")
    assert ran.raw == Path("a.safetensors").read_bytes()


def test_settings_from_elsewhere(run, state):
    torch.save({"model_state_dict": state}, "a.pth")
    ran = run("import-walloc", "a.pth", "a.safetensors")
    assert (
        ran.code == 1 and "nothing says what its channels and J and latent_bits are; --config or options can" in ran.err
    )
    Path("a.json").write_text(json.dumps(SETTINGS | {"Nd": 32, "lightweight_encode": True}))
    assert run("import-walloc", "a.pth", "a.safetensors", "--config", "a.json").code == 0
    given = ("--channels", 1, "--levels", 2, "--latent-bits", 5)
    assert run("import-walloc", "a.pth", "b.safetensors", *given).code == 0
    assert Path("b.safetensors").read_bytes() == Path("a.safetensors").read_bytes()
    assert run("import-walloc", "a.pth", "c.safetensors", "--config", "a.json", "--latent-bits", 8).code == 0
    assert Walloc.load("c.safetensors").latent_bits == 8


@pytest.mark.parametrize(("content", "sentence"), [("{", "this is not JSON"), ("[1]", "these are not settings")])
def test_settings_that_are_none(run, checkpoint, content, sentence):
    Path("a.json").write_text(content)
    ran = run("import-walloc", checkpoint, "a.safetensors", "--config", "a.json")
    assert ran.code == 1 and ran.err.startswith("wlc: a.json: ") and sentence in ran.err
    assert names() == ["a.json", "a.pth"]


def test_what_is_there_stays(run, checkpoint):
    Path("a.safetensors").write_bytes(b"mine")
    ran = run("import-walloc", checkpoint, "a.safetensors")
    assert ran.code == 7 and ran.err == "wlc: a.safetensors: this file exists already; -f overwrites it\n"
    assert Path("a.safetensors").read_bytes() == b"mine"
    assert run("import-walloc", "-f", checkpoint, "a.safetensors").code == 0
    assert Walloc.load("a.safetensors").J == 2 and names() == ["a.pth", "a.safetensors"]


class Trap:
    def __reduce__(self):
        return open, ("sprung", "w")


def test_a_malicious_checkpoint(run, state):
    torch.save({"args": Trap(), "model_state_dict": state}, "a.pth")
    ran = run("import-walloc", "a.pth", "a.safetensors")
    assert ran.code == 1 and ran.err.count("\n") == 1 and "io.open, so it is refused; nothing in it was run" in ran.err
    assert names() == ["a.pth"]


@pytest.mark.parametrize("how_much", [0, 10, 0.5, 0.99])
def test_damage(run, checkpoint, how_much):
    data = checkpoint.read_bytes()
    checkpoint.write_bytes(data[: int(how_much * len(data)) if how_much < 1 else how_much])
    ran = run("import-walloc", checkpoint, "a.safetensors")
    assert ran.code == 3 and ran.err.startswith("wlc: a.pth: this is not a checkpoint that torch can read")
    assert names() == ["a.pth"]


def test_another_net(run):
    torch.save({"model_state_dict": {"fc.weight": torch.zeros(2, 2)}}, "a.pth")
    ran = run("import-walloc", "a.pth", "a.safetensors")
    assert (ran.code, ran.err) == (1, "wlc: a.pth: its tensors are not those of a WaLLoC codec\n")


def test_wrong_usage(run, checkpoint):
    assert run("import-walloc", checkpoint).code == 2
    assert run("import-walloc", checkpoint, "a.safetensors", "--config", "none.json").code == 2
    assert run("import-walloc", checkpoint, "a.safetensors", "--latent-bits", "1").code == 2
    ran = run("import-walloc", "none.pth", "a.safetensors")
    assert (ran.code, ran.err) == (1, "wlc: none.pth: no such file or folder\n")
    assert run("import-walloc", checkpoint, "nowhere/a.safetensors").code == 1
    assert names() == ["a.pth"]


def test_others_may_read_it(run, checkpoint):
    before = os.umask(0o022)
    try:
        run("import-walloc", checkpoint, "a.safetensors")
    finally:
        os.umask(before)
    assert stat.S_IMODE(os.stat("a.safetensors").st_mode) == 0o644


def test_help_says_that_it_reads_a_pickle(run):
    said = " ".join(run("import-walloc", "--help").out.split())
    assert "pickle" in said and "weights_only=True" in said and "the only command that reads one" in said
