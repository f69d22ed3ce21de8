"""Files that are there as a whole or not at all: a stop while one is written leaves the one before it."""

import os
from pathlib import Path


def write_whole(path: Path, content: bytes | str) -> Path:
    """Written aside, then moved. Text is UTF-8 with plain line ends on every system, so that bytes can be compared."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(path.name + ".part")
    aside.write_bytes(content.encode() if isinstance(content, str) else content)
    os.replace(aside, path)
    return path
