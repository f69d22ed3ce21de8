"""From a checkpoint of the microscopy autoencoder to a weights file that files can be made with."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import torch

from wlc.autoencoder_freezing import crops_of, tables_from
from wlc.freezing import averaged, checkpoint_in, write_weights
from wlc.models.microscopy import MicroscopyConfig
from wlc.models.training.microscopy_loop import Trained
from wlc.models.training.posterior import rounding_step


def freeze_microscopy(
    source: Path, target: Path, data: list[Path], crops: int = 600, log: Callable[[str], None] = print
) -> None:
    """Write the averaged weights of the checkpoint in `source`, with tables counted on crops of the pictures."""
    tensors, notes = checkpoint_in(source)
    trained = Trained(MicroscopyConfig.from_dict(json.loads(notes["config"]))).eval()
    trained.load_state_dict(averaged(tensors))
    if trained.nets.config.variational:
        choose_steps(trained, crops_of(data, crops))
    write_weights(target, trained.nets, tables_from(trained.nets, data, crops), notes, log)


@torch.no_grad()
def choose_steps(trained: Trained, crops: Iterable[torch.Tensor]) -> None:
    """Let the means of a variational model be rounded as coarsely as the noise allows that its decoder learned with."""
    precisions = []
    for crop in crops:
        _, features = trained.nets.values_and_features_of(crop[None])
        precisions.append((-trained.posterior.log_variance(features)).exp().mean(dim=(0, 2, 3)))
    steps = rounding_step(torch.stack(precisions).mean(dim=0))
    trained.nets.log_gain.copy_(-steps.log().view(1, -1, 1, 1))
