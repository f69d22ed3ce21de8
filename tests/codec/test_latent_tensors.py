"""What a learner gets out of a file, next to what the decoder reads in it."""

import numpy as np
import pytest
import torch

import wlc
import wlc.encode
from wlc.bitstream.container import level_sizes, read_container
from wlc.decode import decode_symbols
from wlc.encode import Encoder
from wlc.models import correction_net, pyramid, wavelet, windows
from wlc.models.groups import GROUPS
from wlc.models.lossy import dequantised
from wlc.models.quantiser import step
from wlc.models.symbols import with_indices
from wlc.pictures import Picture

CHANNELS = [12, 9, 9, 9, 36, 144]


@pytest.fixture(scope="module")
def data(rgb) -> bytes:
    return wlc.compress(rgb, device="cpu")


def cut_after(data: bytes, levels: int) -> bytes:
    """Not a byte more than these levels need."""
    later = sum(level_sizes(read_container(data))[levels:])
    return data[: len(data) - later - 4]  # DATA ends with a checksum


def test_they_are_the_symbols_of_the_decoder(data, tmp_path):
    groups = wlc.latents(data, device="cpu")
    written = decode_symbols(data, device="cpu")
    assert [x.shape[0] for x in groups] == CHANNELS
    assert groups[-1].shape == (144, 16, 24) and groups[0].shape == (12, 2, 3)  # 67 x 129 pixels in blocks of 64
    for ours, theirs in zip(groups, written, strict=True):
        assert ours.dtype == torch.int16 and ours.is_contiguous() and torch.equal(ours.float(), theirs[0])
    path = tmp_path / "a.wlc"
    path.write_bytes(data)
    for source in (path, str(path), bytearray(data)):
        assert all(map(torch.equal, wlc.latents(source, device="cpu"), groups))


def test_nothing_is_synthesised(data, monkeypatch):
    def never(*_args, **_options):
        raise AssertionError("this is for pixels")

    for place, name in (
        (wavelet, "synthesise"),
        (pyramid, "synthesise"),
        (windows, "samples_from"),
        (correction_net.CorrectionNet, "forward"),
    ):
        monkeypatch.setattr(place, name, never)
    wlc.latents(data, stack="repeated", dequantise=True, device="cpu")
    with pytest.raises(AssertionError):
        wlc.decompress(data, device="cpu")


@pytest.mark.parametrize("levels", [1, 2, 3, 4])
def test_the_beginning_of_a_file_is_enough_for_its_levels(data, levels):
    whole = wlc.latents(data, device="cpu")
    some = wlc.latents(cut_after(data, levels) if levels < 4 else data, levels=levels, device="cpu")
    assert len(some) == sum(group.level < levels for group in GROUPS)
    assert all(map(torch.equal, some, whole))
    with pytest.raises(wlc.TruncatedFile):
        wlc.latents(cut_after(data, levels)[:-1], levels=levels, device="cpu")


def test_one_tensor_on_the_fine_grid(data):
    groups = wlc.latents(data, device="cpu")
    assert torch.equal(wlc.latents(data, stack="fine", device="cpu"), torch.cat(groups[3:]))
    stacked = wlc.latents(data, stack="repeated", device="cpu")
    assert stacked.shape == (219, 16, 24) and torch.equal(stacked[30:], torch.cat(groups[3:]))
    for place, shift in ((0, 3), (12, 2), (21, 1)):
        group = groups[3 - shift]
        for y, x in ((0, 0), (7, 9), (15, 23)):
            assert torch.equal(stacked[place : place + len(group), y, x], group[:, y >> shift, x >> shift])
    assert wlc.latents(data, levels=2, stack="repeated", device="cpu").shape == (39, 16, 24)
    assert wlc.latents(data, levels=1, stack="repeated", device="cpu").shape == (30, 16, 24)


def test_values_are_what_the_decoder_counts_with(data):
    """By way of the pyramid they become the coefficients that the nets correct."""
    symbols = decode_symbols(data, device="cpu")
    rate_index = read_container(data).head.rate_index
    values = wlc.latents(data, dequantise=True, device="cpu")
    assert all(x.dtype == torch.float32 and x.is_contiguous() and not x.requires_grad for x in values)
    model = wlc.encode.by_name(None, "cpu").model
    with torch.no_grad():
        expected = dequantised(symbols, model.gains(torch.tensor([rate_index])))
    joined = [pyramid.synthesise([x[None] for x in values[:3]]), *(x[None] for x in values[3:])]
    for ours, theirs in zip(joined, expected, strict=True):
        torch.testing.assert_close(ours, theirs * float(step(rate_index)), rtol=1e-4, atol=1e-2)


def test_values_of_different_qualities_are_alike(rgb):
    poor, good = (wlc.latents(wlc.compress(rgb, q), levels=1, dequantise=True, device="cpu")[0] for q in (50, 90))
    assert np.corrcoef(poor.flatten(), good.flatten())[0, 1] > 0.99
    assert 0.9 < poor.norm() / good.norm() < 1.1
    raw, finer = (wlc.latents(wlc.compress(rgb, q), levels=1, device="cpu")[0].float() for q in (50, 90))
    assert finer.norm() > 2 * raw.norm()


def test_tiles_are_joined(rgb, monkeypatch):
    """The same rounded values, written as one tile and as six."""
    monkeypatch.setattr(
        wlc.encode, "choose_symbols", lambda model, x, rate, _: with_indices(model, [v.round() for v in x], rate)
    )
    one = Encoder(Picture(rgb), device="cpu").at(120)
    monkeypatch.setattr(wlc.encode, "tile_log2_for", lambda _height, _width: 6)
    six = Encoder(Picture(rgb), device="cpu").at(120)
    assert wlc.info(six).tiles == 6
    assert all(map(torch.equal, wlc.latents(one, device="cpu"), wlc.latents(six, device="cpu")))
    some = wlc.latents(cut_after(six, 2), levels=2, device="cpu")
    assert len(some) == 4 and all(map(torch.equal, some, wlc.latents(one, device="cpu")))


def test_other_layouts_and_the_other_coder(drawn):
    gray = wlc.latents(wlc.compress(np.ascontiguousarray(drawn[..., 0]), device="cpu"), device="cpu")
    assert all(not x[1::3].any() and not x[2::3].any() for x in gray) and gray[0][0].any()
    clear = wlc.latents(wlc.compress(drawn, device="cpu", coder="webp"), device="cpu")
    assert [x.shape[0] for x in clear] == CHANNELS


def test_refusals(rgb, data):
    lossless = wlc.compress(rgb[:16, :16], lossless=True, device="cpu")
    with pytest.raises(wlc.WlcError, match="made without loss"):
        wlc.latents(lossless, device="cpu")
    for options in ({"levels": 0}, {"levels": 5}, {"stack": "all"}, {"stack": "fine", "levels": 1}):
        with pytest.raises(ValueError):
            wlc.latents(data, **options)
    with pytest.raises(wlc.LimitExceeded):
        wlc.latents(data, limits=wlc.Limits(pixels=10))
    with pytest.raises(wlc.CorruptFile):
        wlc.latents(b"nothing of the kind")


def test_symbols_beyond_16_bits_are_refused(data, monkeypatch):
    monkeypatch.setattr("wlc.latent_tensors.decode_symbols", lambda *_, **__: [torch.full((1, 12, 1, 1), 4e4)])
    with pytest.raises(wlc.WlcError, match="16 bits"):
        wlc.latents(data, device="cpu")
