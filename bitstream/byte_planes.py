"""Samples as planes of bytes, the high one first: the low one is noise, and would hide the high one's regularity."""

import numpy as np


def split(samples: np.ndarray) -> np.ndarray:
    """uint8 or uint16 of any shape to uint8, one plane or two in front."""
    if samples.dtype == np.uint8:
        return samples[np.newaxis]
    return np.stack([samples >> 8, samples & 0xFF]).astype(np.uint8)


def join(planes: np.ndarray) -> np.ndarray:
    if len(planes) == 1:
        return planes[0]
    return planes[0].astype(np.uint16) << 8 | planes[1]
