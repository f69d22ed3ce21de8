"""Pictures of many bands, as cameras with more than three kinds of light deliver them: numpy's `.npy` files."""

from __future__ import annotations

import io
import math

import numpy as np
from numpy.lib import format as npy

from wlc.bitstream.errors import LimitExceeded, WlcError
from wlc.bitstream.limits import Limits

SUFFIX = ".npy"
_HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}  # 3.0 only names fields in Unicode


def is_cube_file(data: bytes) -> bool:
    return data.startswith(npy.MAGIC_PREFIX)


def cube_in(data: bytes, limits: Limits) -> np.ndarray:
    """(bands, height, width) of uint8 or uint16; one of two axes has a single band."""
    stream = io.BytesIO(data)
    try:
        read_header = _HEADERS[npy.read_magic(stream)]
        shape, columns_first, dtype = read_header(stream)
    except Exception as error:  # numpy's reader raises nearly anything when a file is damaged
        raise WlcError("this .npy file is damaged, or of a kind that is not known here") from error
    if len(shape) == 2:
        shape = (1, *shape)
    if len(shape) != 3 or 0 in shape:
        raise WlcError(f"a .npy file holds a picture as (bands, height, width), and this is {shape}")
    if dtype.kind != "u" or dtype.itemsize > 2:
        raise WlcError(f"a .npy file holds a picture as uint8 or uint16, and this is {dtype}; scale it first")
    count = math.prod(shape)
    if count > 3 * limits.pixels:
        raise LimitExceeded(f"this picture has {count} samples, more than the limit of {3 * limits.pixels}")
    if len(data) - stream.tell() != count * dtype.itemsize:
        raise WlcError("this .npy file is cut off, or too long")
    flat = np.frombuffer(data, dtype, count, stream.tell())
    return flat.reshape(shape, order="F" if columns_first else "C")


def cube_file(samples: np.ndarray) -> bytes:
    """(height, width, bands) as a `.npy` file of (bands, height, width)."""
    stream = io.BytesIO()
    np.save(stream, np.ascontiguousarray(np.moveaxis(samples, 2, 0)), allow_pickle=False)
    return stream.getvalue()
