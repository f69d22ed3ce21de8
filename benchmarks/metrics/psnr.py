"""How far a decoded picture is from the original, as the codec literature reports it."""

import math

import numpy as np
from PIL import Image


def psnr(original: Image.Image, decoded: Image.Image) -> float:
    """Peak signal-to-noise ratio in dB over all three channels of the 8-bit RGB pixels a user would see.

    Integers on both sides, because a PSNR of unrounded floats flatters a learned codec. Equal pictures give
    infinity.
    """
    for picture in (original, decoded):
        if picture.mode != "RGB":
            raise ValueError(f"PSNR here is of 8-bit RGB, not of mode {picture.mode}.")
    if original.size != decoded.size:
        raise ValueError(f"The pictures differ in size: {original.size} and {decoded.size}.")
    difference = np.asarray(original, dtype=np.int64) - np.asarray(decoded, dtype=np.int64)
    squared_error = float(np.mean(difference**2))
    return 10 * math.log10(255**2 / squared_error) if squared_error else math.inf
