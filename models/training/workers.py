"""One process or many: under `torchrun` every process trains on its own crops, and they agree on each step."""

import os
from dataclasses import dataclass

import torch
from torch import distributed, nn


@dataclass(frozen=True)
class Workers:
    """Which process this is, of how many, and the device that it computes on."""

    rank: int
    count: int
    device: torch.device

    @staticmethod
    def join(device: str) -> "Workers":
        count = int(os.environ.get("WORLD_SIZE", "1"))
        if count == 1:
            return Workers(0, 1, torch.device(device))
        if device == "cuda":
            device = f"cuda:{os.environ['LOCAL_RANK']}"
            torch.cuda.set_device(device)
        distributed.init_process_group("nccl" if device.startswith("cuda") else "gloo")
        return Workers(distributed.get_rank(), count, torch.device(device))

    def share(self, model: nn.Module) -> None:
        """Give all processes the leader's weights."""
        if self.count > 1:
            for parameter in model.parameters():
                distributed.broadcast(parameter.data, 0)

    def average_gradients(self, model: nn.Module) -> None:
        """All have the same weights and see the same gradients, so they stay the same."""
        if self.count == 1:
            return
        gradients = [p.grad for p in model.parameters() if p.grad is not None]
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        distributed.all_reduce(flat)
        flat /= self.count
        for gradient, part in zip(gradients, flat.split([g.numel() for g in gradients]), strict=True):
            gradient.copy_(part.view_as(gradient))

    def part(self) -> None:
        """Let go of the others, once the leader has saved what they made: the first to end may end all of them."""
        if self.count > 1:
            distributed.barrier()
            distributed.destroy_process_group()

    def agree(self, value: float) -> float:
        """The leader's number, so that all stop at the same step."""
        if self.count == 1:
            return value
        shared = torch.tensor([value], dtype=torch.float64, device=self.device)
        distributed.broadcast(shared, 0)
        return shared.item()
