"""Files of autoencoders: every size, layout and depth, every command, and what must be refused."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import wlc
from wlc.autoencoder_freezing import tables_from
from wlc.bitstream.container import read_container, write_container
from wlc.bitstream.errors import CorruptFile, ModelNotFound, WlcError
from wlc.cli import main
from wlc.freezing import as_arrays
from wlc.models import weights
from wlc.models.walloc import Codec2D, Slim2D
from wlc.models.walloc.codec_file import serialise


def lively(codec: torch.nn.Module) -> torch.nn.Module:
    """Untrained: the lowest band of each channel as a latent, other bands as the rest, and a decoder that undoes that
    and does a little more."""
    low = list(range(0, codec.channels * codec.freq_bands, codec.freq_bands))
    kept = [*low, *range(1, codec.freq_bands)][: codec.latent_dim]
    with torch.no_grad():
        for parameter in codec.decoder.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.002)
        codec.encoder[0].weight.zero_()
        codec.encoder[0].bias.zero_()
        for latent, packet in enumerate(kept):
            codec.encoder[0].weight[latent, packet] = 30
            if isinstance(codec, Slim2D):
                codec.decoder[1].plain.weight[packet, latent] = 1 / 30
    return codec.eval()


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights of three small codecs, where wlc finds them."""
    torch.manual_seed(1)
    folder = tmp_path_factory.mktemp("models")
    codecs = {
        "colour": Slim2D(3, 2, 16, 1, 5, 8),
        "five": Slim2D(5, 1, 16, 1, 4, 6),
        "gray": Codec2D(1, 2, None, 32, 4, 8, True),
    }
    for name, codec in codecs.items():
        (folder / f"{name}.safetensors").write_bytes(serialise(lively(codec), as_arrays(tables_from(codec, []))))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(weights.SEARCH_PATH, os.pathsep.join([str(folder), os.environ.get(weights.SEARCH_PATH, "")]))
        yield folder


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (7, 5), (67, 129)])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_both_coders_give_the_same_picture(drawn, size, channels):
    samples = np.ascontiguousarray(drawn[: size[0], : size[1], [0, 3] if channels == 2 else range(channels)])
    files = [wlc.compress(samples, model="colour", coder=coder) for coder in ("range", "webp")]
    shown = [np.asarray(wlc.decompress(data)) for data in files]
    assert np.array_equal(shown[0], shown[1])
    assert shown[0].reshape(samples.shape).dtype == np.uint8
    if channels in (2, 4):
        assert np.array_equal(shown[0][..., -1], samples[..., -1])
    assert files[0] == wlc.compress(samples, model="colour", coder="range")


def test_it_is_the_codec_that_the_file_went_through(rgb, folder):
    codec = Slim2D.load(folder / "colour.safetensors")
    rgb = rgb[:64, :128]
    with torch.no_grad():
        x = torch.from_numpy(rgb).permute(2, 0, 1)[None] / 255 - 0.5
        expected = (codec(x)[0] + 0.5) * 255
    shown = np.asarray(wlc.decompress(wlc.compress(rgb, model="colour"))).astype(int)
    assert np.abs(shown - expected[0].permute(1, 2, 0).numpy()).max() < 2


def test_sixteen_bits_and_bands(tmp_path):
    random = np.random.default_rng(2)
    smooth = np.cumsum(random.normal(0, 300, (5, 30, 41)), axis=2) + 30000
    cube = smooth.clip(0, 65535).astype(np.uint16)
    np.save(tmp_path / "cube.npy", cube)
    made = wlc.compress(tmp_path / "cube.npy", model="five")
    assert made == wlc.compress(cube, model="five")
    shown = wlc.decompress(made)
    assert shown.shape == cube.shape and shown.dtype == np.uint16
    assert wlc.decompress(made, reduce=1).shape == (5, 15, 21)
    found = wlc.info(made)
    assert (found.layout, found.channels, found.bit_depth, found.model) == ("BANDS", 5, 16, "five")
    assert (found.latent_channels, found.latent_bits, found.quality, found.max_error) == (4, 6, None, None)
    with pytest.raises(WlcError, match="for 5 channels, and this picture has 3 bands"):
        wlc.compress(np.ascontiguousarray(np.moveaxis(cube[:3], 0, 2)).transpose(2, 0, 1), model="five")


def test_many_tiles(drawn):
    samples = np.tile(drawn[:, :, :3], (20, 9, 1))[:1300, :1100]
    made = wlc.compress(samples, model="colour")
    assert wlc.info(made).tiles == 9
    shown = np.asarray(wlc.decompress(made))
    assert shown.shape == samples.shape
    codes = wlc.latents(made)[0]
    assert codes.shape == (5, 325, 275)
    # Tiles are for the coder; the nets see the whole picture, so a piece without borders comes out alike.
    piece = np.asarray(wlc.decompress(wlc.compress(samples[256:1024], model="colour"))).astype(int)
    assert np.abs(piece[128:640] - shown[384:896].astype(int)).max() <= 1


def test_latents_are_the_codes(rgb, folder):
    codec = Slim2D.load(folder / "colour.safetensors")
    with torch.no_grad():
        expected = codec.codes_of(torch.from_numpy(rgb).permute(2, 0, 1)[None] / 255)[0]
    made = wlc.compress(rgb, model="colour")
    (codes,) = wlc.latents(made)
    assert codes.dtype == torch.int16 and torch.equal(codes.float(), expected)
    assert torch.equal(wlc.latents(made, stack="repeated", dequantise=True), expected)


def test_the_halves_of_a_picture_are_pictures(rgb):
    made = wlc.compress(rgb, model="colour")
    whole = np.asarray(wlc.decompress(made)).astype(float)
    half = np.asarray(wlc.decompress(made, reduce=1)).astype(float)
    assert half.shape == (34, 65, 3)
    assert np.abs(half.mean() - whole.mean()) < 3
    with pytest.raises(WlcError, match="by 2 at most"):
        wlc.decompress(made, reduce=3)


def test_the_command_line(rgb, tmp_path, capsys):
    Image.fromarray(rgb).save(tmp_path / "a.png")
    source, made = str(tmp_path / "a.png"), str(tmp_path / "a.wlc")
    assert main(["compress", "--model", "colour", source, made]) == 0
    assert main(["info", made]) == 0
    said = capsys.readouterr().out
    assert "5 channels of 8 bits" in said and "the one that its model has" in said
    assert main(["info", "--json", made]) == 0
    assert json.loads(capsys.readouterr().out)["latent_channels"] == 5
    assert main(["verify", made]) == 0
    assert main(["inspect", made, "-o", str(tmp_path / "panel.png"), "--equalise"]) == 0
    assert main(["inspect", made, "-o", str(tmp_path / "one.png"), "--channel", "4", "--clahe"]) == 0
    assert main(["decompress", made, str(tmp_path / "b.npy")]) == 0
    assert np.load(tmp_path / "b.npy").shape == (3, 67, 129)
    with Image.open(tmp_path / "panel.png") as panel:
        assert panel.width > 400


def test_what_is_refused(rgb, tmp_path, capsys):
    for wish in ({"quality": 50}, {"size": 1000}, {"lossless": True}, {"effort": 3}):
        with pytest.raises((WlcError, ValueError), match="one quality only|effort"):
            wlc.compress(rgb, model="colour", **wish)
    with pytest.raises(WlcError, match="for 1 channel, and this picture has 3 channels"):
        wlc.compress(rgb, model="gray")
    with pytest.raises(ModelNotFound):
        wlc.compress(rgb, model="nobody")
    with pytest.raises(WlcError, match="bands need a model"):
        wlc.compress(np.zeros((6, 20, 20), np.uint8))
    np.save(tmp_path / "cube.npy", np.zeros((5, 8, 8), np.uint8))
    assert main(["compress", "--model", "five", str(tmp_path / "cube.npy")]) == 0
    assert main(["decompress", str(tmp_path / "cube.wlc"), str(tmp_path / "cube.png")]) == 1
    assert "write a .npy instead" in capsys.readouterr().err


def test_codes_that_no_model_makes_are_refused(rgb):
    made = wlc.compress(rgb, model="colour", coder="webp")
    container = read_container(made)
    from dataclasses import replace

    from wlc.bitstream import webp_coder

    wild = np.zeros((5, 17, 33), np.int32)
    wild[2, 3, 4] = 129
    forged = write_container(replace(container, segments=(webp_coder.encode([wild]),)))
    with pytest.raises(CorruptFile, match="codes that its model does not make"):
        wlc.decompress(forged)


def test_gray_through_a_gray_model(drawn):
    gray = np.ascontiguousarray(drawn[:, :, 0])
    shown = np.asarray(wlc.decompress(wlc.compress(gray, model="gray")))
    assert shown.shape == gray.shape
