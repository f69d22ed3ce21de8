"""Codecs with random weights in the published layout, against the slow reference and each step of WaLLoC's tour."""

import numpy as np
import pytest
import torch

from wlc.models import walloc
from wlc.models.walloc.codec_file import build

from . import reference

TOLERANCE = 1e-5


def assert_close(found: torch.Tensor, expected: torch.Tensor | np.ndarray) -> None:
    expected = torch.as_tensor(expected)
    assert found.shape == expected.shape and expected.abs().max() > 0.01
    assert (found - expected).abs().max() < TOLERANCE * max(1, expected.abs().max())


def linear(tensors, x: torch.Tensor) -> torch.Tensor:
    """The lightweight encoder of pictures, (1, packets, h, w)."""
    weight, bias = tensors["encoder.0.weight"].double(), tensors["encoder.0.bias"].double()
    return torch.einsum("oi,bihw->bohw", weight[:, :, 0, 0], x) + bias[:, None, None]


@pytest.mark.parametrize("light", [True, False])
@pytest.mark.parametrize(("channels", "J", "latent_dim", "bits"), [(3, 3, 12, 8), (1, 2, 4, 5)])
@torch.no_grad()
def test_pictures(picture_tensors, light, channels, J, latent_dim, bits):
    tensors = picture_tensors(channels, J, latent_dim, 32, light)
    codec = walloc.Codec2D(channels, J, 32, 32, latent_dim, bits, light)
    codec.load_state_dict(tensors)
    codec.eval()
    x = torch.rand(1, channels, 5 * 2**J, 6 * 2**J) - 0.5
    packets = torch.from_numpy(reference.packets_2d(x[0].double().numpy(), J))[None]
    assert_close(codec.wavelet_analysis(x, J), packets)
    encoded = linear(tensors, packets) if light else reference.kl_net(tensors, "encoder.0", packets)
    squeezed = reference.squeezed(encoded.numpy(), bits)
    assert_close(codec.encoder[0:2](codec.wavelet_analysis(x, J)), squeezed)
    latent = codec.encoder(codec.wavelet_analysis(x, J))
    assert torch.equal(latent, latent.round()) and len(latent.unique()) > 4
    assert np.abs(latent.numpy() - squeezed).max() < 0.5 + TOLERANCE * 2**bits
    unsqueezed = torch.from_numpy(reference.unsqueezed(latent.double().numpy(), bits))
    decoded = reference.kl_net(tensors, "decoder.1", unsqueezed)
    assert_close(codec.decoder(latent), decoded)
    back = reference.samples_2d(decoded[0].numpy(), J)
    assert (np.abs(back) < 0.5).mean() > 0.5
    x_hat, error, packet_error = codec(x)
    assert_close(x_hat[0], back.clip(-0.5, 0.5))
    assert error.item() == pytest.approx(np.square(back - x[0].double().numpy()).mean(), rel=1e-4)
    assert packet_error.item() == pytest.approx((decoded - packets).square().mean().item(), rel=1e-4)


@torch.no_grad()
def test_first_pictures(first_picture_tensors):
    tensors = first_picture_tensors(1, 2, 4, 32)
    codec = walloc.Walloc(channels=1, J=2, N=32, latent_dim=4, latent_bits=3)
    codec.load_state_dict(tensors)
    codec.eval()
    x = torch.rand(1, 1, 24, 20) - 0.5
    packets = torch.from_numpy(reference.packets_2d(x[0].double().numpy(), 2))[None]
    encoded = reference.kl_net(tensors, "encoder.0", packets)
    assert_close(codec.encoder[0](packets.float()), encoded)
    latent = codec.encoder(codec.wavelet_analysis(x, codec.J))
    assert_close(latent, encoded.clamp(-3.499, 3.499).round() + 0.0)
    assert latent.abs().max() == 3
    decoded = reference.kl_net(tensors, "decoder.0", latent)
    assert_close(codec(x)[0][0], reference.samples_2d(decoded[0].numpy(), 2).clip(-0.5, 0.5))


@pytest.mark.parametrize(("light", "post"), [(True, True), (True, False), (False, True), (False, False)])
@torch.no_grad()
def test_sound(sound_tensors, light, post):
    tensors = sound_tensors(2, 4, 8, 16, light, post)
    codec = walloc.Codec1D(2, 4, 16, 16, 8, 6, light, post)
    codec.load_state_dict(tensors)
    codec.eval()
    x = torch.rand(1, 2, 640) - 0.5
    packets = torch.from_numpy(reference.packets_1d(x[0].double().numpy(), 4))[None]
    if light:
        weight, bias = tensors["encoder.0.weight"].double(), tensors["encoder.0.bias"].double()
        padded = torch.nn.functional.pad(packets, (1, 1))
        encoded = torch.einsum("oi,bil->bol", weight[:, :, 0], padded) + bias[:, None]
    else:
        encoded = reference.oobleck(tensors, "encoder.0", packets)
    assert encoded.shape == (1, 8, 42)
    assert_close(codec.encoder[0:2](codec.wavelet_analysis(x, 4)), reference.squeezed(encoded.numpy(), 6))
    latent = codec.encoder(codec.wavelet_analysis(x, 4))
    unsqueezed = torch.from_numpy(reference.unsqueezed(latent.double().numpy(), 6))
    decoded = reference.oobleck(tensors, "decoder.1", unsqueezed)
    back = reference.samples_1d(decoded[0].numpy(), 4)
    if post:
        after = tensors["post.weight"].double(), tensors["post.bias"].double()
        back = torch.nn.functional.conv1d(torch.from_numpy(back)[None], *after, padding=64)[0].numpy()
    assert (np.abs(back) < 0.5).mean() > 0.5
    assert_close(codec(x)[0][0], back.clip(-0.5, 0.5))


def test_eval_rounds_and_train_adds_noise(picture_tensors):
    codec = build(picture_tensors(1, 2, 4, 32, True), {"channels": 1, "J": 2, "latent_bits": 5})
    packets = codec.wavelet_analysis(torch.rand(1, 1, 32, 32) - 0.5, codec.J)
    exact = codec.encoder[0:2](packets)
    assert torch.equal(codec.encoder(packets), exact.round())
    codec.train()
    noise = codec.encoder(packets) - exact
    assert noise.abs().max() <= 0.5 + 1e-5 and noise.std() > 0.2
    assert not torch.equal(codec.encoder(packets), codec.encoder(packets))


def test_it_can_be_trained(picture_tensors):
    codec = build(picture_tensors(1, 2, 4, 32, True), {"channels": 1, "J": 2, "latent_bits": 5}).train()
    _, error, _ = codec(torch.rand(1, 1, 16, 16) - 0.5)
    error.backward()
    assert all(
        parameter.grad.abs().sum() > 0 for parameter in (codec.encoder[0].weight, codec.decoder[1].conv_in.weight)
    )


def test_a_tour(tmp_path, picture_tensors, draw):
    """What WaLLoC's own introduction does with a picture, with our names."""
    from PIL import Image

    tensors = picture_tensors(3, 3, 12, 32, True)
    codec = walloc.Codec2D(channels=3, J=3, Ne=None, Nd=32, latent_dim=12, latent_bits=8, lightweight_encode=True)
    codec.load_state_dict(tensors)
    codec.eval()
    img = Image.fromarray(draw(60, 90))
    x = torch.from_numpy(np.asarray(img).copy()).permute(2, 0, 1)[None] / 255 - 0.5
    size = x.shape[-2:]
    x = walloc.pad(x, 8)
    with torch.no_grad():
        x_hat, _, _ = codec(x)
        X = codec.wavelet_analysis(x, J=codec.J)
        z = codec.encoder[0:2](X)
        z_hat = codec.encoder[2](z)
        X_hat = codec.decoder(z_hat)
        x_rec = codec.clamp(codec.wavelet_synthesis(X_hat, J=codec.J))
    assert X.shape == (1, 192, 8, 12) and x.numel() / z.numel() == 16
    assert torch.equal(x_rec, x_hat) and walloc.crop(x_hat, size).shape == (1, 3, 60, 90)

    z_padded = torch.nn.functional.pad(z_hat, (0, 0, 0, 0, 0, 4))
    walloc.latent_to_pil(z_padded, codec.latent_bits, 1)[0].save(tmp_path / "latent.png")
    with Image.open(tmp_path / "latent.png") as png:
        assert walloc.pil_to_latent([png], 16, codec.latent_bits, 1).equal(z_padded)
    walloc.latent_to_pil(z_hat, codec.latent_bits, 3)[0].save(tmp_path / "latent.webp", lossless=True)
    with Image.open(tmp_path / "latent.webp") as webp:
        assert walloc.pil_to_latent([webp], 12, codec.latent_bits, 3).equal(z_hat)
    walloc.latent_to_pil(z_padded, codec.latent_bits, 4)[0].save(
        tmp_path / "latent.tif", compression="tiff_adobe_deflate"
    )
    with Image.open(tmp_path / "latent.tif") as tif:
        assert walloc.pil_to_latent([tif], 16, codec.latent_bits, 4).equal(z_padded)


@torch.no_grad()
def test_a_tour_of_sound(sound_tensors):
    """The same for sound: the latent is folded into a picture, and unfolded."""
    codec = build(sound_tensors(2, 4, 12, 24, True, True), {"channels": 2, "J": 4, "latent_bits": 6})
    x = torch.rand(1, 2, 1600) - 0.5
    z = codec.encoder(codec.wavelet_analysis(x, codec.J))
    length = z.shape[-1]
    folded = torch.nn.functional.pad(z, (0, -length % 16)).unflatten(2, (-1, 16)).transpose(2, 3)
    pictures = walloc.latent_to_pil(folded, codec.latent_bits, 3)
    z_hat = walloc.pil_to_latent(pictures, codec.latent_dim, codec.latent_bits, 3).transpose(2, 3).flatten(2)
    x_hat = codec.wavelet_synthesis(codec.decoder(z_hat[:, :, :length]), codec.J)
    assert torch.equal(codec.clamp(codec.post(x_hat)), codec(x)[0])


@pytest.mark.parametrize("wrong", [{"channels": 0}, {"J": 0}, {"latent_dim": 0}, {"latent_bits": 1}, {"N": 33}])
def test_sizes_that_make_no_sense(wrong):
    with pytest.raises(ValueError):
        walloc.Walloc(**{"channels": 1, "J": 1, "N": 32, "latent_dim": 4, "latent_bits": 5} | wrong)
