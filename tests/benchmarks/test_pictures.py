import numpy as np
import pytest
from PIL import Image, ImageOps

from wlc.benchmarks.pictures import pictures_of


def test_only_pictures_in_order(folder):
    assert [name for name, _ in pictures_of(folder)] == ["a.png", "b.png"]
    assert len(pictures_of(folder, first=1)) == 1


def test_another_picture_is_another_set(folder, drawn):
    before = pictures_of(folder).digest
    ImageOps.invert(drawn).save(folder / "a.png")
    assert pictures_of(folder).digest != before
    assert pictures_of(folder, first=1).digest != pictures_of(folder).digest


def test_kodak_is_known_by_its_names(folder, drawn, tmp_path):
    assert not pictures_of(folder).are_kodak()
    for number in range(1, 25):
        drawn.crop((0, 0, 8, 8)).save(tmp_path / f"kodim{number:02}.png")
    assert pictures_of(tmp_path).are_kodak()
    assert not pictures_of(tmp_path, first=6).are_kodak()


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "P", "1", "I;16"])
def test_every_picture_becomes_rgb(tmp_path, mode):
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    deep = Image.fromarray(levels.astype(np.uint16) * 257)
    picture = deep if mode == "I;16" else Image.fromarray(levels).convert(mode)
    picture.save(tmp_path / "a.png")
    ((_, read),) = pictures_of(tmp_path)
    assert read.mode == "RGB" and read.size == (16, 16)
    if mode in ("L", "I;16"):
        assert np.array_equal(np.asarray(read)[..., 1], levels)


def test_an_empty_folder_is_said_so(tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no picture in"):
        pictures_of(tmp_path)
