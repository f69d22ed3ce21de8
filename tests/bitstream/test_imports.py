"""Bytes need no tensors: whoever only reads a container must not wait for torch."""

import subprocess
import sys


def test_torch_stays_out():
    script = (
        "import importlib, pkgutil, sys, wlc.bitstream as package\n"
        "for module in pkgutil.iter_modules(package.__path__):\n"
        "    importlib.import_module(f'wlc.bitstream.{module.name}')\n"
        "print('torch' in sys.modules, 'constriction' in sys.modules)\n"
    )
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert out.stdout.split() == ["False", "False"]
