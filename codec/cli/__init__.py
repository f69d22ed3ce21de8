"""The command line."""

from wlc.cli.commands import main

__all__ = ["main"]
