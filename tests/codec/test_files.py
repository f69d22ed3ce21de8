"""Nobody ever finds half a file, and nobody loses one that was there."""

import errno
import io
import os
import stat
import sys
import threading

import pytest

from wlc import files
from wlc.bitstream.errors import TargetExists, WlcError
from wlc.files import plain_sentence, read_bytes, refuse_target, write_bytes

DATA = bytes(range(256)) * 9


class Stream:
    """A standard stream: `sys.stdout` as far as `files` looks at it."""

    def __init__(self, data: bytes = b"", *, terminal: bool = False) -> None:
        self.buffer = io.BytesIO(data)
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


def names(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(params=["hard links", "no hard links"])
def linking(request, monkeypatch):
    """Some file systems have no hard links; files must be as safe there."""
    if request.param == "no hard links":

        def link(source, target):
            raise OSError(errno.EPERM, "Operation not permitted")

        monkeypatch.setattr(os, "link", link)


def test_what_is_written_is_read(tmp_path, linking):
    target = tmp_path / "a.wlc"
    write_bytes(target, DATA)
    assert read_bytes(target) == DATA
    assert names(tmp_path) == ["a.wlc"]


def test_the_umask_decides_who_may_read(tmp_path):
    before = os.umask(0o027)
    try:
        write_bytes(tmp_path / "a", DATA)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def test_an_existing_file_is_refused(tmp_path, linking):
    target = tmp_path / "a.wlc"
    target.write_bytes(b"precious")
    with pytest.raises(TargetExists) as raised:
        write_bytes(target, DATA)
    assert raised.value.exit_code == 7
    assert target.read_bytes() == b"precious"
    write_bytes(target, DATA, force=True)
    assert target.read_bytes() == DATA and names(tmp_path) == ["a.wlc"]


def test_a_file_that_appears_meanwhile_is_refused_too(tmp_path, linking, monkeypatch):
    target = tmp_path / "a.wlc"
    sync = os.fsync

    def appear(handle):
        target.write_bytes(b"precious")
        sync(handle)

    monkeypatch.setattr(os, "fsync", appear)
    with pytest.raises(TargetExists):
        write_bytes(target, DATA)
    assert target.read_bytes() == b"precious" and names(tmp_path) == ["a.wlc"]


def test_of_many_writers_one_wins_and_all_others_know(tmp_path, linking):
    target, outcomes, start = tmp_path / "a.wlc", [], threading.Barrier(8)

    def write(number: int) -> None:
        start.wait()
        try:
            write_bytes(target, bytes([number]) * 100_000)
            outcomes.append(number)
        except TargetExists:
            outcomes.append(None)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    winners = [number for number in outcomes if number is not None]
    assert len(winners) == 1 and len(outcomes) == 8
    assert target.read_bytes() == bytes([winners[0]]) * 100_000 and names(tmp_path) == ["a.wlc"]


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("call", ["fsync", "link", "replace"])
@pytest.mark.parametrize("existing", [False, True])
def test_whatever_goes_wrong_nothing_is_left(tmp_path, monkeypatch, error, call, existing):
    if call == "link" and existing:
        pytest.skip("an existing file is replaced, not linked")
    target = tmp_path / "a.wlc"
    if existing:
        target.write_bytes(b"precious")

    def fail(*_):
        raise error

    def no_links(*_):
        raise OSError(errno.EPERM, "Operation not permitted")

    if call == "replace":
        monkeypatch.setattr(os, "link", no_links)
    monkeypatch.setattr(os, call, fail)
    with pytest.raises(type(error)):
        write_bytes(target, DATA, force=existing)
    assert names(tmp_path) == (["a.wlc"] if existing else [])
    assert not existing or target.read_bytes() == b"precious"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_a_full_device(monkeypatch):
    with pytest.raises(OSError) as raised:
        write_bytes("/dev/full", DATA)
    assert plain_sentence(raised.value) == "no space is left on the disk"


@pytest.mark.skipif(not os.path.exists("/dev/null"), reason="needs devices")
def test_devices_and_pipes_are_written_into_and_not_replaced(tmp_path):
    write_bytes("/dev/null", DATA)
    write_bytes("/dev/null", DATA, force=True)
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    pipe, got = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    write_bytes(pipe, DATA)
    reader.join()
    assert got == [DATA] and stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_link_stays_one_and_what_it_points_to_is_replaced(tmp_path):
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    with pytest.raises(TargetExists):
        write_bytes(tmp_path / "link", DATA)
    write_bytes(tmp_path / "link", DATA, force=True)
    assert (tmp_path / "link").is_symlink() and (tmp_path / "real").read_bytes() == DATA


def test_a_link_to_nothing_is_somebodys_too(tmp_path):
    (tmp_path / "link").symlink_to("nowhere")
    with pytest.raises(TargetExists):
        write_bytes(tmp_path / "link", DATA)


def test_the_longest_name_there_can_be(tmp_path):
    write_bytes(tmp_path / ("a" * 255), DATA)


@pytest.mark.parametrize("force", [False, True])
def test_folders_are_no_targets(tmp_path, force):
    with pytest.raises(WlcError, match="this is a folder"):
        refuse_target(tmp_path, force=force)
    with pytest.raises(WlcError, match="does not exist"):
        refuse_target(tmp_path / "nowhere" / "a.wlc", force=force)
    refuse_target(tmp_path / "a.wlc", force=force)


def test_streams(monkeypatch):
    monkeypatch.setattr(sys, "stdin", Stream(DATA))
    monkeypatch.setattr(sys, "stdout", Stream())
    assert read_bytes("-") == DATA
    write_bytes("-", DATA)
    assert sys.stdout.buffer.getvalue() == DATA


def test_binary_is_not_written_to_a_terminal(monkeypatch):
    monkeypatch.setattr(sys, "stdout", Stream(terminal=True))
    for step in (refuse_target, lambda target: write_bytes(target, DATA)):
        with pytest.raises(WlcError, match="terminal"):
            step("-")
    assert sys.stdout.buffer.getvalue() == b""


def test_what_the_system_says_is_one_plain_sentence(tmp_path):
    for path in (tmp_path / "missing", tmp_path):
        with pytest.raises(OSError) as raised:
            read_bytes(path)
        assert plain_sentence(raised.value) in files._SENTENCES.values()
    assert plain_sentence(OSError(errno.EIO, "Input/output error")) == "input/output error"
    assert plain_sentence(OSError("odd")) == "odd"
