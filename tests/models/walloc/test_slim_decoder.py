"""It begins as a matrix, looks no farther than it says, and is told from other codecs by its tensors."""

import pytest
import torch

from wlc.models.walloc import Slim2D, Walloc
from wlc.models.walloc.codec_file import serialise
from wlc.models.walloc.slim_decoder import SlimDecoder


def test_untrained_it_is_its_matrix():
    decoder = SlimDecoder(4, 12, 16, 2)
    latents = torch.randn(1, 4, 6, 7) * 20
    assert torch.equal(decoder(latents), decoder.plain(latents))


@pytest.mark.parametrize("blocks", [1, 3])
def test_it_sees_one_place_a_block(blocks):
    decoder = SlimDecoder(2, 4, 8, blocks)
    torch.nn.init.normal_(decoder.correction[-1].weight)
    latents = torch.randn(1, 2, 15, 15)
    changed = latents.clone()
    changed[..., 7, 7] += 3
    with torch.no_grad():
        rows, columns = torch.nonzero((decoder(latents) != decoder(changed)).any(1)[0], as_tuple=True)
    assert rows.min() == columns.min() == 7 - blocks and rows.max() == columns.max() == 7 + blocks


def test_a_file_gives_it_back(tmp_path):
    codec = Slim2D(3, 2, 16, 3, 5, 7).eval()
    (tmp_path / "slim.safetensors").write_bytes(serialise(codec))
    loaded = Walloc.load(tmp_path / "slim.safetensors")
    assert type(loaded) is Slim2D and (loaded.Nd, loaded.blocks, loaded.J, loaded.latent_bits) == (16, 3, 2, 7)
    x = torch.rand(1, 3, 16, 24) - 0.5
    with torch.no_grad():
        assert torch.equal(loaded(x)[0], codec(x)[0])
