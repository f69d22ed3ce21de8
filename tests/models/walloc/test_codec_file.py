"""A codec that was written comes back the same, and what is no codec is refused in a sentence."""

import json

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from wlc.models.walloc import Codec1D, Codec2D, Walloc
from wlc.models.walloc.codec_file import build, serialise

TOLD = {"channels": 1, "J": 2, "latent_bits": 5}


@pytest.fixture
def all_kinds(picture_tensors, first_picture_tensors, sound_tensors):
    return {
        Codec2D: picture_tensors(1, 2, 4, 32, True),
        Walloc: first_picture_tensors(1, 2, 4, 32),
        Codec1D: sound_tensors(1, 2, 4, 16, False, True),
    }


def test_there_and_back(all_kinds, tmp_path):
    path = tmp_path / "codec.safetensors"
    for kind, tensors in all_kinds.items():
        codec = build(tensors, TOLD)
        path.write_bytes(serialise(codec))
        loaded = Walloc.load(path)
        assert type(codec) is type(loaded) is kind and not loaded.training
        held = loaded.state_dict()
        assert sorted(held) == sorted(tensors) and all(torch.equal(held[name], tensors[name]) for name in held)
        assert (loaded.channels, loaded.J, loaded.latent_bits, loaded.latent_dim) == (1, 2, 5, 4)
        x = torch.rand(1, 1, *(32,) * kind.axes) - 0.5
        assert torch.equal(codec(x)[0], loaded(x)[0])
        assert all(parameter.requires_grad for parameter in loaded.parameters())


def test_what_the_file_says(picture_tensors, tmp_path):
    codec = build(picture_tensors(1, 2, 4, 32, True), TOLD)
    (tmp_path / "a.safetensors").write_bytes(serialise(codec))
    with safe_open(tmp_path / "a.safetensors", framework="np") as file:
        config = json.loads(file.metadata()["config"])
    widths = {"Ne": None, "Nd": 32, "latent_dim": 4, "lightweight_encode": True}
    assert config == {"codec": "Codec2D"} | TOLD | widths
    assert serialise(codec) == serialise(codec)


@pytest.mark.parametrize("change", ["gone", "more", "shape"])
def test_tensors_that_do_not_fit(picture_tensors, change):
    tensors = picture_tensors(1, 2, 4, 32, True)
    name = "decoder.1.mid_block.resnets.0.conv1.weight"
    if change == "gone":
        del tensors[name]
    elif change == "more":
        tensors["surplus"] = torch.zeros(1)
    else:
        tensors[name] = tensors[name][:, :16]
    with pytest.raises(ValueError, match="not all those of a Codec2D of this size"):
        build(tensors, TOLD)


def test_files_that_hold_no_codec(picture_tensors, tmp_path):
    path = tmp_path / "a.safetensors"
    with pytest.raises(FileNotFoundError):
        Walloc.load(path)
    path.write_bytes(b"")
    with pytest.raises(ValueError, match="not a safetensors file"):
        Walloc.load(path)
    save_file({"x": torch.zeros(2)}, path)
    with pytest.raises(ValueError, match="does not hold a WaLLoC codec"):
        Walloc.load(path)
    save_file({"x": torch.zeros(2)}, path, metadata={"config": "no JSON"})
    with pytest.raises(ValueError, match="damaged"):
        Walloc.load(path)
    config = json.dumps({"codec": "Codec2D"} | TOLD)
    save_file({"x": torch.zeros(2)}, path, metadata={"config": config})
    with pytest.raises(ValueError, match="a whole WaLLoC codec: its tensors are not"):
        Walloc.load(path)
    path.write_bytes(serialise(build(picture_tensors(1, 2, 4, 32, True), TOLD))[:-100])
    with pytest.raises(ValueError, match="damaged"):
        Walloc.load(path)
