from wlc.benchmarks.files import write_whole


def test_makes_folders_and_leaves_nothing_aside(tmp_path):
    path = write_whole(tmp_path / "new" / "page.html", "ä\n")
    assert path.read_bytes() == "ä\n".encode()
    assert [found.name for found in path.parent.iterdir()] == ["page.html"]


def test_replaces_what_was_there(tmp_path):
    path = tmp_path / "figure.png"
    write_whole(path, b"old and long")
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
