"""A folder of `.wlc` files as a torch data set of latents."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from torch.utils.data import Dataset

from wlc.bitstream.errors import WlcError
from wlc.bitstream.limits import DEFAULT_LIMITS, Limits
from wlc.latent_tensors import latents
from wlc.models.groups import LEVELS


class LatentDataset(Dataset):
    """Latents of the `.wlc` files in a folder, each with the number of the sub-folder it lies in.

    The sub-folders' names in order are `classes`; a file's label is its class's place among them. Without `labelled`
    the folder is a plain heap, and an item is the latents alone. The order is that of the paths, everywhere the same.

    `levels`, `stack` and `dequantise` are those of `wlc.latents`; `transform` is applied to what it returns. Pictures
    of different sizes give tensors of different sizes: to make batches of them, let `transform` cut or pool.

    It keeps paths and no open files, so that workers of a DataLoader can have copies. They decode on the CPU, as a GPU
    cannot be shared with processes that were forked.

        >>> data = wlc.LatentDataset("photos", levels=2, stack="repeated", transform=lambda x: x[:, :28, :28].float())
        >>> for batch, labels in torch.utils.data.DataLoader(data, batch_size=64, num_workers=4): ...
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        *,
        levels: int = LEVELS,
        stack: str | None = None,
        dequantise: bool = False,
        transform: Callable[[Any], Any] | None = None,
        labelled: bool = True,
        device: str = "cpu",
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        folder = Path(folder)
        self.classes = tuple(sorted(entry.name for entry in folder.iterdir() if entry.is_dir())) if labelled else ()
        self.paths = tuple(sorted(_files_in(folder), key=lambda path: path.relative_to(folder).parts))
        if not self.paths:
            raise WlcError(f"there is no .wlc file in {folder}")
        self.labels = tuple(self._label(path.relative_to(folder)) for path in self.paths) if labelled else ()
        self.transform = transform
        self._how = {"levels": levels, "stack": stack, "dequantise": dequantise, "device": device, "limits": limits}

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, number: int) -> Any:
        path = self.paths[number]
        try:
            item = latents(path, **self._how)
        except WlcError as error:  # among thousands of files one must know which
            raise type(error)(f"{path}: {error}") from error
        if self.transform is not None:
            item = self.transform(item)
        return (item, self.labels[number]) if self.labels else item

    def _label(self, path: Path) -> int:
        if len(path.parts) == 1:
            raise WlcError(f"{path} lies in no sub-folder, so it has no label; labelled=False does without")
        return self.classes.index(path.parts[0])


def _files_in(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.suffix.lower() == ".wlc" and path.is_file())
