"""The symbols of a whole picture, refined tile by tile: what it takes at once does not grow with the picture."""

import numpy as np
import torch

from wlc.loaded import Loaded
from wlc.models.refine import refine
from wlc.models.scene import Extent, Scene
from wlc.tiling import Tile, gather


def refine_tiles(
    loaded: Loaded,
    tiles: list[Tile],
    colours: np.ndarray,
    values: list[torch.Tensor],
    symbols: list[torch.Tensor],
    rate_index: int,
    rounds: int,
) -> None:
    """Replaces the symbols of each tile by better ones. A tile sees what has become of those before it."""
    height, width = values[-1].shape[-2:]
    for tile in tiles:
        rows = Extent(tile.top, tile.top + tile.height, height)
        columns = Extent(tile.left, tile.left + tile.width, width)
        scene = Scene(loaded.model, colours, symbols, rows, columns, rate_index, loaded.device)
        here = gather(values, [tile], loaded.device)
        for group, better in enumerate(refine(loaded.model, scene, here, rate_index, loaded.bits, rounds)):
            symbols[group][tile.of(group)] = better[0].cpu()
