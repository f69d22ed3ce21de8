"""What the trainings share that learn from crops of one set of pictures."""

import torch

from . import pictures
from .loop import Loop


class CropsLoop(Loop):
    cameras = 0.0  # share of crops that are made to look as cameras deliver pictures

    def load_pictures(self, seed: int) -> str:
        learned, data_hash = self.learned_pictures()
        self.validation, _ = pictures.load(list(self.settings.validation))
        self.crops = pictures.Crops(learned, self.settings.crop, seed, self.device, self.cameras)
        self.log(f"{len(learned)} pictures, {len(self.validation)} held out")
        return data_hash

    def learned_pictures(self) -> tuple[list[torch.Tensor], str]:
        """What crops are drawn from, and a hash of it."""
        return pictures.load(list(self.settings.data))

    def reseed(self, seed: int) -> None:
        self.crops.random.manual_seed(seed)

    def drawn(self) -> torch.Tensor:
        """The next batch, (B, 3, S, S) in 0..255."""
        return torch.stack([self.crops.draw() for _ in range(self.settings.batch)])
