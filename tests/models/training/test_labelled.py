import io
import tarfile

import numpy as np
import pytest
import torch
from PIL import Image

from wlc.models.training import labelled


def png(shade: int, size: tuple[int, int] = (8, 8)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, (shade, 0, 0)).save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def folder(tmp_path):
    for number, path in enumerate(("train/b/2", "train/b/1", "train/a/x", "train/a/y", "test/a/z", "test/b/z")):
        target = tmp_path / "cells" / f"{path}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(png(10 * number))
    (tmp_path / "cells" / "SOURCE.txt").write_text("from somewhere")
    return tmp_path / "cells"


def archive_of(folder):
    path = folder.with_suffix(".tar")
    with tarfile.open(path, "w") as archive:
        for name in sorted(folder.iterdir(), reverse=True):
            archive.add(name, name.name)
    return path


def test_a_folder_and_its_tar_file_are_the_same(folder):
    found = labelled.load(folder)
    assert found.classes == ("a", "b")
    assert [e.name for e in found.train] == [f"train/{n}.png" for n in ("a/x", "a/y", "b/1", "b/2")]
    assert [e.label for e in found.train] == [0, 0, 1, 1] and [e.label for e in found.test] == [0, 1]
    again = labelled.load(archive_of(folder))
    assert again == found and again.digest() == found.digest()


def test_classes_without_parts_are_all_to_learn_from(folder):
    found = labelled.load(folder / "train")
    assert (len(found.train), len(found.test), found.classes) == (4, 0, ("a", "b"))


def test_fewer_of_each_class(folder):
    found = labelled.load(folder).first(1)
    assert [e.name for e in found.train] == ["train/a/x.png", "train/b/1.png"] and len(found.test) == 2
    assert found.digest() != labelled.load(folder).digest()


def test_what_has_no_classes(tmp_path, folder):
    (tmp_path / "heap").mkdir()
    (tmp_path / "heap" / "one.png").write_bytes(png(1))
    with pytest.raises(ValueError, match="two classes or more"):
        labelled.load(tmp_path / "heap")
    (folder / "test" / "c").mkdir()
    (folder / "test" / "c" / "z.png").write_bytes(png(1))
    with pytest.raises(ValueError, match="pictures of c to test with, but none to learn from"):
        labelled.load(folder)


def test_nothing_is_learned_from_test_pictures(folder):
    pictures, digest = labelled.training_pictures([folder])
    assert sorted(int(p[0, 0, 0]) for p in pictures) == [0, 10, 20, 30]
    (folder / "test" / "a" / "more.png").write_bytes(png(99))
    assert labelled.training_pictures([folder])[1] == digest
    heap, _ = labelled.training_pictures([folder / "test"])
    assert len(heap) == 3


def test_other_shapes_become_squares():
    samples = np.zeros((8, 20, 3), np.uint8)
    samples[:, 6:14] = 200
    stream = io.BytesIO()
    Image.fromarray(samples).save(stream, "PNG")
    assert (labelled.square(stream.getvalue(), 8) == 200).all()
    assert labelled.square(stream.getvalue(), 16).shape == (3, 16, 16)
    assert labelled.square(png(7), 8)[0].eq(7).all() and labelled.square(png(7), 8).dtype == torch.uint8
