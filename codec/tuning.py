"""What a lossy file is made to be good at. Each way has weights of its own, and all else is the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wlc.effort import DEFAULT_EFFORT

if TYPE_CHECKING:
    from wlc.targets import Target

DEFAULT_TUNE = "psnr"
MODELS = {DEFAULT_TUNE: None, "visual": "visual"}  # None: the weights that are used when nobody says which


def model_for(tune: str, model: str | None, target: Target, effort: int) -> str | None:
    """The name of the weights, if somebody says which. Raises ValueError where `tune` has no say in that."""
    if tune not in MODELS:
        raise ValueError(f"tune is {' or '.join(map(repr, MODELS))}, not {tune!r}")
    if tune == DEFAULT_TUNE:
        return model
    if model is not None:
        raise ValueError("tune chooses the weights, and so does model: only one of them can be given")
    if target.max_error is not None:
        raise ValueError("tune is for files with a quality; lossless ones have a single way")
    if effort != DEFAULT_EFFORT:
        raise ValueError(f"effort goes after squared error, and tune {tune!r} does not: only one of them can be given")
    return MODELS[tune]
