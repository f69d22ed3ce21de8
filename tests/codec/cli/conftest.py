"""Command lines as a person types them."""

import io
import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from wlc.cli import main

Ran = SimpleNamespace


@pytest.fixture
def run(capfdbinary, monkeypatch, tmp_path) -> Callable[..., Ran]:
    """A command line in an empty folder: its exit code, and what it said where."""
    monkeypatch.chdir(tmp_path)

    def call(*argv: object, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = main([str(arg) for arg in argv])
        said = capfdbinary.readouterr()
        assert b"Traceback" not in said.err
        return Ran(code=code, out=said.out.decode("utf-8", "replace"), err=said.err.decode(), raw=said.out)

    return call
