"""A fixed orthonormal colour transform, so that an error in the coefficients is the same error in RGB."""

import torch

# Rows: brightness, red against blue, green against both.
_ROWS = torch.tensor(
    [
        [3**-0.5, 3**-0.5, 3**-0.5],
        [2**-0.5, 0.0, -(2**-0.5)],
        [-(6**-0.5), 2 * 6**-0.5, -(6**-0.5)],
    ]
)
_MIDDLE = 128.0


def to_planes(rgb: torch.Tensor) -> torch.Tensor:
    """RGB in 0..255, (..., 3, H, W), to three decorrelated planes around zero."""
    return torch.einsum("dc,...chw->...dhw", _ROWS.to(rgb), rgb - _MIDDLE)


def to_rgb(planes: torch.Tensor) -> torch.Tensor:
    """The inverse of `to_planes`: the transpose, since the rows are orthonormal."""
    return torch.einsum("dc,...dhw->...chw", _ROWS.to(planes), planes).add_(_MIDDLE)
