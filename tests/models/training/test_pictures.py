import tarfile

import numpy as np
import pytest
import torch
from PIL import Image

from wlc.models.training import pictures


@pytest.fixture
def folder(tmp_path, draw):
    """Three pictures, one of them grey and one in a folder below, and a text."""
    source = tmp_path / "folder"
    (source / "below").mkdir(parents=True)
    Image.fromarray(draw(90, 100, 1)).save(source / "a.png")
    Image.fromarray(draw(80, 70, 2)).save(source / "below" / "b.webp", lossless=True)
    Image.fromarray(draw(60, 65, 3)[..., 0]).save(source / "c.PNG")
    (source / "notes.txt").write_text("no picture")
    return source


@pytest.fixture
def archive(folder):
    """The same in a tar file, in another order."""
    path = folder.parent / "pictures.tar"
    with tarfile.open(path, "w") as tar:
        for name in ("c.PNG", "notes.txt", "below/b.webp", "a.png"):
            tar.add(folder / name, arcname=name)
    return path


def test_folder(folder, draw):
    loaded, data_hash = pictures.load([folder])
    assert [tuple(p.shape) for p in loaded] == [(3, 90, 100), (3, 80, 70), (3, 60, 65)]
    assert all(p.dtype == torch.uint8 for p in loaded)
    assert np.array_equal(loaded[0].permute(1, 2, 0), draw(90, 100, 1))
    assert torch.equal(loaded[2][0], loaded[2][2])
    assert len(data_hash) == 16


def test_a_tar_file_is_a_folder(folder, archive):
    from_folder, one_hash = pictures.load([folder])
    from_archive, other_hash = pictures.load([archive])
    assert one_hash == other_hash
    assert all(torch.equal(one, other) for one, other in zip(from_folder, from_archive, strict=True))


def test_several_sources(folder, archive):
    loaded, both = pictures.load([folder, archive])
    assert len(loaded) == 6
    assert both != pictures.load([folder])[1]


def test_the_hash_is_of_the_pictures(folder, draw):
    before = pictures.load([folder])[1]
    (folder / "notes.txt").write_text("other words")
    assert pictures.load([folder])[1] == before
    Image.fromarray(draw(90, 100, 4)).save(folder / "a.png")
    assert pictures.load([folder])[1] != before


def test_large_pictures_are_cut_up(tmp_path, draw):
    picture = draw(300, 2700)
    Image.fromarray(picture).save(tmp_path / "wide.png")
    pieces, _ = pictures.load([tmp_path])
    assert [tuple(p.shape) for p in pieces] == [(3, 300, 1024), (3, 300, 1024), (3, 300, 652)]
    assert np.array_equal(torch.cat(pieces, dim=2).permute(1, 2, 0), picture)


@pytest.fixture
def loaded(folder):
    return pictures.load([folder])[0]


def test_crops_have_one_size(loaded):
    crops = pictures.Crops(loaded, 48, seed=0)
    for _ in range(60):
        crop = crops.draw()
        assert crop.shape == (3, 48, 48) and crop.dtype == torch.float32
        assert crop.min() >= 0 and crop.max() <= 255 and torch.equal(crop, crop.round())


def test_crops_repeat_with_their_seed(loaded):
    one, again, other = (pictures.Crops(loaded, 48, seed) for seed in (5, 5, 6))
    drawn = [torch.stack([crops.draw() for _ in range(10)]) for crops in (one, again, other)]
    assert torch.equal(drawn[0], drawn[1]) and not torch.equal(drawn[0], drawn[2])
    torch.manual_seed(99)
    again.random.manual_seed(5)
    assert torch.equal(torch.stack([again.draw() for _ in range(10)]), drawn[0])


def test_crops_come_from_everywhere(draw):
    """A picture of one crop's size, so that nothing but flips, transposition and colour can differ."""
    picture = torch.from_numpy(draw(32, 32)).permute(2, 0, 1)
    crops = pictures.Crops([picture], 32, seed=0)
    seen = {crops.draw().numpy().tobytes() for _ in range(300)}
    turned = [picture, picture.flip(-1), picture.flip(-2), picture.flip(-1, -2)]
    expected = {t.contiguous().float().numpy().tobytes() for p in turned for t in (p, p.transpose(-1, -2))}
    assert expected <= seen and len(seen - expected) > 0  # the rest is without colour


def test_a_crop_may_be_as_large_as_its_picture(draw):
    crops = pictures.Crops([torch.from_numpy(draw(40, 64)).permute(2, 0, 1)], 40, seed=0)
    assert all(crops.draw().shape == (3, 40, 40) for _ in range(20))


def test_small_pictures_are_left_out(loaded):
    assert len(pictures.Crops(loaded, 65, seed=0).pictures) == 2
    with pytest.raises(ValueError, match="500 pixels"):
        pictures.Crops(loaded, 500, seed=0)
