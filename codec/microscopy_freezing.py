"""From a checkpoint of the microscopy autoencoder to a weights file that files can be made with."""

import json
from collections.abc import Callable
from pathlib import Path

from wlc.autoencoder_freezing import tables_from
from wlc.freezing import averaged, checkpoint_in, write_weights
from wlc.models.microscopy import Microscopy, MicroscopyConfig


def freeze_microscopy(
    source: Path, target: Path, data: list[Path], crops: int = 600, log: Callable[[str], None] = print
) -> None:
    """Write the averaged weights of the checkpoint in `source`, with tables counted on crops of the pictures."""
    tensors, notes = checkpoint_in(source)
    model = Microscopy(MicroscopyConfig.from_dict(json.loads(notes["config"]))).eval()
    model.load_state_dict(averaged(tensors, "nets."))
    write_weights(target, model, tables_from(model, data, crops), notes, log)
