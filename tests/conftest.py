"""What all tests share: nothing is left to chance, and Kodak is there only for those who have it."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples every time, and no deadline: the first call of anything that uses torch is slow.
settings.register_profile("repeatable", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def repeatable_torch() -> Iterator[None]:
    """The same seed for each test, and the number of threads as it was before it.

    Looks only whether torch was imported: tests of the bitstream must run, and start fast, without it.
    """
    torch = sys.modules.get("torch")
    if torch is None:
        yield
        return
    threads = torch.get_num_threads()
    torch.manual_seed(0)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def kodak() -> list[Path]:
    """The Kodak pictures, for measuring only; WLC_KODAK names their folder, as they are not shipped."""
    folder = os.environ.get("WLC_KODAK")
    if not folder:
        pytest.skip("WLC_KODAK does not name a folder with the Kodak pictures")
    paths = sorted(Path(folder).glob("kodim*.png"))
    if not paths:
        pytest.skip(f"there are no kodim*.png in WLC_KODAK={folder}")
    return paths
