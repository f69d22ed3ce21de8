"""The code on the page for users of WaLLoC runs as it stands there, one piece after the other."""

import re
from pathlib import Path

import pytest
import torch
from PIL import Image

from wlc.models.walloc.codec_file import build, serialise

PAGE = Path(__file__).parents[3] / "docs" / "walloc.md"


@pytest.mark.parametrize("light", [True, False])
def test_the_page_runs(picture_tensors, draw, tmp_path, monkeypatch, light):
    codec = build(picture_tensors(3, 3, 12, 32, light), {"channels": 3, "J": 3, "latent_bits": 8})
    (tmp_path / "RGB_16x.safetensors").write_bytes(serialise(codec))
    Image.fromarray(draw(60, 90)).save(tmp_path / "photo.png")
    monkeypatch.chdir(tmp_path)
    pieces = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert len(pieces) == 3
    names: dict = {}
    for piece in pieces:
        exec(compile(piece, str(PAGE), "exec"), names)
    assert Image.open("back.png").size == (90, 60)
    assert torch.equal(names["x_rec"], codec(names["x"])[0])
