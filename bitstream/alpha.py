"""ALPH: transparency, always lossless.

Alpha is mostly flat or a soft edge, and a wrong alpha shows as a halo; so it is predicted from its
neighbours, deflated, and never quantised. A picture that is opaque everywhere costs two bytes.
"""

import zlib

import numpy as np

from .byte_planes import join, split
from .errors import CorruptFile
from .inflate import inflate_exactly

CONSTANT = 0
DEFLATED = 1
AS_IS, FROM_LEFT, FROM_ABOVE, FROM_BOTH = 0, 1, 2, 3
PREDICTORS = (AS_IS, FROM_LEFT, FROM_ABOVE, FROM_BOTH)


def encode_alpha(samples: np.ndarray) -> bytes:
    """The shortest of the payloads that decode to `samples`, an (H, W) array of uint8 or uint16."""
    if samples.dtype not in (np.uint8, np.uint16) or samples.ndim != 2 or samples.size == 0:
        raise ValueError("alpha is a two-dimensional array of uint8 or uint16 with at least one sample")
    first = samples[0, 0]
    if np.all(samples == first):
        return bytes([CONSTANT]) + int(first).to_bytes(samples.dtype.itemsize, "little")
    planes = split(samples)
    bodies = [
        bytes([DEFLATED, predictor]) + zlib.compress(_differences(planes, predictor).tobytes(), 9)
        for predictor in PREDICTORS
    ]
    return min(bodies, key=len)


def decode_alpha(payload: bytes, height: int, width: int, bit_depth: int) -> np.ndarray:
    """The (height, width) samples; never inflates more than they take."""
    dtype = np.uint8 if bit_depth == 8 else np.uint16
    method = payload[0] if payload else None
    if method == CONSTANT:
        if len(payload) != 1 + np.dtype(dtype).itemsize:
            raise CorruptFile("this file has an ALPH chunk of the wrong length")
        return np.full((height, width), int.from_bytes(payload[1:], "little"), dtype)
    if method != DEFLATED or len(payload) < 2 or payload[1] not in PREDICTORS:
        raise CorruptFile("this file has an ALPH chunk that is coded in no known way")
    shape = (np.dtype(dtype).itemsize, height, width)
    raw = inflate_exactly(payload[2:], shape[0] * height * width, "ALPH chunk")
    differences = np.frombuffer(raw, np.uint8).reshape(shape)
    return join(_sums(differences, payload[1]))


def _differences(planes: np.ndarray, predictor: int) -> np.ndarray:
    """Modulo 256 throughout; what lies outside the picture is zero."""
    if predictor in (FROM_LEFT, FROM_BOTH):
        planes = np.diff(planes, axis=2, prepend=np.uint8(0))
    if predictor in (FROM_ABOVE, FROM_BOTH):
        planes = np.diff(planes, axis=1, prepend=np.uint8(0))
    return planes


def _sums(planes: np.ndarray, predictor: int) -> np.ndarray:
    if predictor in (FROM_ABOVE, FROM_BOTH):
        planes = np.cumsum(planes, axis=1, dtype=np.uint8)
    if predictor in (FROM_LEFT, FROM_BOTH):
        planes = np.cumsum(planes, axis=2, dtype=np.uint8)
    return planes
