"""What does not compute must not wait for torch. Each case is a process: only that can show it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import wlc

WATCHED = """
import sys
from wlc.cli import main
code = main(sys.argv[1:])
sys.stdout.flush()
loaded = sorted({"torch", "numpy", "PIL"} & set(sys.modules))
print("loaded:", *loaded, file=sys.stderr)
sys.exit(code)
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory, rgb) -> Path:
    path = tmp_path_factory.mktemp("startup") / "a.wlc"
    path.write_bytes(wlc.compress(rgb))
    return path


_MORE_THAN_A_PIPE_HOLDS = 1 << 20


def loaded_by(*argv: str) -> list[str]:
    ran = subprocess.run([sys.executable, "-c", WATCHED, *argv], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stderr.strip().splitlines()[-1].removeprefix("loaded:").split()


@pytest.mark.parametrize(
    "argv",
    [
        ("--help",),
        ("--version",),
        ("compress", "--help"),
        ("decompress", "--help"),
        ("info", "--help"),
        ("verify", "--help"),
        ("inspect", "--help"),
        ("train", "--help"),
        ("train", "lossy", "--help"),
        ("train", "lossless", "--help"),
        ("import-walloc", "--help"),
    ],
)
def test_help_loads_nothing(argv):
    assert loaded_by(*argv) == []


def test_looking_at_a_file_needs_no_torch(file):
    assert "torch" not in loaded_by("info", str(file))
    assert "torch" not in loaded_by("verify", "--quick", str(file))


def test_the_package_itself_loads_nothing():
    code = "import wlc, sys; wlc.WlcError, wlc.Limits; sys.exit(bool({'numpy', 'torch'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.skipif(os.name != "posix", reason="needs to know what other processes used")
@pytest.mark.parametrize("command", ["--help", "info"])
def test_it_is_quick(file, command):
    """The bar is 0.4 s. Counted is what the processor did, as on a busy machine the clock says little."""
    import resource

    argv = [command] if command == "--help" else [command, str(file)]
    used = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "wlc", *argv], check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(used) < 0.4, used


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_end_it_quietly(tmp_path, sent, code):
    """Caught while it waits for its input, so that there is nothing to be early or late for."""
    process = subprocess.Popen(
        [sys.executable, "-m", "wlc", "info", "-"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
    )
    process.stdin.write(bytes(_MORE_THAN_A_PIPE_HOLDS))  # comes back when it has begun to read
    process.stdin.flush()
    process.send_signal(sent)
    _, said = process.communicate(timeout=20)
    assert process.returncode == code and b"Traceback" not in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="needs pipes")
def test_a_broken_pipe_is_quiet(file):
    many = " ".join([str(file)] * 2000)
    command = f"{sys.executable} -m wlc info {many} | head -n 1"
    ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True)
    assert ran.stdout.strip() == f"{file}:" and ran.stderr == ""
