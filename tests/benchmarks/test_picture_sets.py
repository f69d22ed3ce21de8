import tarfile

import numpy as np
import pytest

from wlc.benchmarks.picture_sets import picture_set, set_name
from wlc.benchmarks.pictures import pictures_of


@pytest.fixture
def archive(folder, tmp_path):
    """In another order than that of the names, and in a folder of its own."""
    path = tmp_path / "some.set.tar"
    with tarfile.open(path, "w") as tar:
        for name in ("notes.txt", "b.png", "a.png"):
            tar.add(folder / name, f"inside/{name}")
    return path


def test_a_folder_and_an_archive_of_it_are_the_same_set(folder, archive):
    from_folder, from_archive = picture_set(folder), picture_set(archive)
    assert from_folder == pictures_of(folder)
    assert from_archive.digest == from_folder.digest and len(from_archive) == 2
    for (name, picture), (other_name, other) in zip(from_folder, from_archive, strict=True):
        assert name == other_name and np.array_equal(picture, other)


def test_only_the_first(folder, archive):
    for source in (folder, archive):
        assert [name for name, _ in picture_set(source, 1)] == ["a.png"]


def test_one_picture_is_a_set(folder):
    pictures = picture_set(folder / "b.png")
    assert [(name, picture.size) for name, picture in pictures] == [("b.png", (50, 40))]
    assert pictures.digest != picture_set(folder / "a.png").digest


def test_names(folder, archive):
    assert [set_name(source) for source in (folder, archive, folder / "a.png")] == ["pictures", "some", "a"]


def test_what_holds_no_picture_is_said_so(folder, tmp_path):
    with tarfile.open(tmp_path / "empty.tar", "w") as tar:
        tar.add(folder / "notes.txt", "notes.txt")
    with pytest.raises(FileNotFoundError, match="There is no picture in .*empty.tar"):
        picture_set(tmp_path / "empty.tar")
    with pytest.raises(FileNotFoundError, match="no folder, no tar file and no lossless picture"):
        picture_set(folder / "notes.txt")
