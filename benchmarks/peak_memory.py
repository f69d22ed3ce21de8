"""How much memory a call takes at its peak, found by making it in a fresh process.

    peak_memory(codec.encode, picture, 50)

It counts everything that process holds, interpreter and libraries included: that is what a user's machine must have.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path


def peak_memory(function: Callable, *arguments: object) -> int | None:
    """Bytes of main memory; None where the system does not tell. Function and arguments must be picklable."""
    child = subprocess.run(
        [sys.executable, "-m", __name__],
        input=pickle.dumps((function, arguments)),
        capture_output=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},  # it finds what this process finds
    )
    if child.returncode:
        reason = child.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise RuntimeError(f"a fresh process that was to measure memory failed: {reason}")
    return int(child.stdout.split()[-1]) or None


def _peak_so_far() -> int:
    """Linux hands ru_maxrss of a parent on to its children, so its own account of each process is asked first."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return 1024 * int(line.split()[1])
    try:
        import resource
    except ImportError:  # Windows
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    work, given = pickle.load(sys.stdin.buffer)
    work(*given)
    print(f"\n{_peak_so_far()}")
