"""From a checkpoint of the microscopy autoencoder to a weights file: the averaged weights, and nothing of training."""

from collections.abc import Callable
from pathlib import Path

from safetensors.torch import save_file

from wlc.freezing import checkpoint_in

_PREFIX = "average.nets."


def freeze_microscopy(
    source: Path, target: Path, data: list[Path], crops: int = 0, log: Callable[[str], None] = print
) -> None:
    """No pictures are looked at: this model has no tables to count."""
    tensors, notes = checkpoint_in(source)
    kept = {name.removeprefix(_PREFIX): tensor for name, tensor in tensors.items() if name.startswith(_PREFIX)}
    target.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous() for name, tensor in kept.items()}, target, metadata=notes)
    target.chmod(0o644)  # safetensors gives it to its owner alone
    log(f"wrote {target}, {target.stat().st_size / 1e6:.2f} MB")
