"""Bytes from and to files, so that nobody ever finds half a file.

A file is written beside its target under another name, forced to the disk, and only then given its name.
Whatever goes wrong before that - a full disk, Ctrl-C, a crash - the target is what it was, and nothing is
left beside it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import sys
from pathlib import Path

from wlc.bitstream.errors import TargetExists, WlcError

STREAM = "-"

_NO_HARD_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EACCES}
_SENTENCES = {
    errno.ENOENT: "no such file or folder",
    errno.ENOTDIR: "a part of this path is a file, not a folder",
    errno.EISDIR: "this is a folder, not a file",
    errno.EACCES: "permission denied",
    errno.EPERM: "the system does not permit this",
    errno.EROFS: "this place cannot be written to (read-only file system)",
    errno.ENOSPC: "no space is left on the disk",
    errno.EDQUOT: "the disk quota is used up",
    errno.ENAMETOOLONG: "the name is too long",
    errno.EFBIG: "the file is larger than the system permits",
}


def read_bytes(source: str | os.PathLike[str]) -> bytes:
    """All of a file, or of standard input for `-`."""
    if os.fspath(source) == STREAM:
        return sys.stdin.buffer.read()
    return Path(source).read_bytes()


def must_exist(source: str | os.PathLike[str]) -> None:
    """Raise for an input that is not there before anything is said of its output, or done for it."""
    if os.fspath(source) != STREAM:
        os.stat(source)


def write_bytes(target: str | os.PathLike[str], data: bytes, *, force: bool = False) -> None:
    """Write a whole file or none; for `-` to standard output, and into devices and pipes as they are."""
    refuse_target(target, force=force)
    if os.fspath(target) == STREAM:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    elif _is_special(target):
        with open(target, "wb") as stream:
            stream.write(data)
    else:
        _write_atomically(Path(os.path.realpath(target) if force else target), data, force)


def refuse_target(target: str | os.PathLike[str], *, force: bool = False) -> None:
    """Raise what writing there would raise anyway, so that it is known before the work and not after it."""
    if os.fspath(target) == STREAM:
        if sys.stdout.isatty():
            raise WlcError("binary data is not written to a terminal; name a file, or redirect the output")
        return
    if os.path.isdir(target):
        raise WlcError("this is a folder; name a file, or give the folder with -o")
    if not os.path.isdir(os.path.dirname(os.path.abspath(target))):
        raise WlcError(f"the folder {os.path.dirname(os.path.abspath(target))} does not exist")
    if not force and os.path.lexists(target) and not _is_special(target):
        raise _already_there()


def plain_sentence(error: OSError) -> str:
    """What the system said, for people."""
    if error.errno in _SENTENCES:
        return _SENTENCES[error.errno]
    return (error.strerror or str(error) or type(error).__name__).lower()


def _already_there() -> TargetExists:
    return TargetExists("this file exists already; -f overwrites it")


def _is_special(target: str | os.PathLike[str]) -> bool:
    """A device or a pipe, such as /dev/null: it is written into. Replacing it with a file would do harm."""
    try:
        mode = os.stat(target).st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _write_atomically(target: Path, data: bytes, force: bool) -> None:
    # The name does not grow with the target's, which may be as long as names can be.
    temporary = target.with_name(f".wlc-{secrets.token_hex(8)}.tmp")
    try:
        # Opened so, and not with `tempfile`, it gets the permissions that the umask grants any new file.
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
        with open(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if force:
            os.replace(temporary, target)
        else:
            _move_without_replacing(temporary, target)
    except BaseException:  # Ctrl-C too: nothing may be left behind
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    _sync_folder(target.parent)


def _move_without_replacing(temporary: Path, target: Path) -> None:
    """Give the file its name only if nobody has that name, even one who came a moment ago.

    A rename would replace; a hard link refuses. Where there are no hard links, the name is first taken by an
    empty file, which only one can create, and that is then replaced.
    """
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise _already_there() from None
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
    else:
        os.unlink(temporary)
        return
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
    except FileExistsError:
        raise _already_there() from None
    try:
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(target)
        raise


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut, where the system lets folders be synced."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
