"""One level of the CDF 9/7 wavelet on symmetrically extended signals, as numbers that other modules build on.

The two subbands are kept interleaved (low on even places, high on odd ones). Then analysis and synthesis are the same
operation with other taps: extend by reflection about the end samples, correlate with one kernel for even places and
one for odd places. PyWavelets supplies the taps.
"""

from functools import cache

import numpy as np
import pywt

REACH = 4  # taps on either side of an output place


@cache
def kernels(direction: str) -> np.ndarray:
    """Taps for even and odd places, (2, 2 * REACH + 2); tap t of either row meets sample 2 n + t - REACH."""
    bank = pywt.Wavelet("bior4.4")
    taps = np.zeros((2, 2 * REACH + 2))
    if direction == "analysis":
        taps[0, 0 : 2 * REACH + 1] = _trimmed(bank.dec_lo, 9)
        taps[1, 2 : 2 * REACH + 1] = _trimmed(bank.dec_hi, 7)
        return taps
    # An output sample gathers from low coefficients through rec_lo and from high ones through rec_hi, each centred
    # on its own place; on interleaved subbands that is one kernel for each parity of the output.
    low, high = _centred(bank.rec_lo, 7), _centred(bank.rec_hi, 9)
    for parity in (0, 1):
        for t in range(2 * REACH + 2):
            place = t - REACH  # of the coefficient, relative to 2 n
            source = low if place % 2 == 0 else high
            taps[parity, t] = source.get(parity - place, 0.0)
    return taps


def _trimmed(taps: list[float], count: int) -> np.ndarray:
    """PyWavelets pads its filters with zeros to one even length; drop them."""
    values = np.array(taps)
    values = values[np.abs(values) > 1e-12]
    assert len(values) == count
    return values


def _centred(taps: list[float], count: int) -> dict[int, float]:
    return dict(zip(range(-(count // 2), count // 2 + 1), _trimmed(taps, count), strict=True))


def reflected(start: int, stop: int, length: int) -> np.ndarray:
    """Indices start..stop-1 folded into 0..length-1 by reflection about the first and the last sample."""
    if length == 1:
        return np.zeros(stop - start, dtype=np.int64)
    period = 2 * (length - 1)
    folded = np.arange(start, stop) % period
    return np.minimum(folded, period - folded)


def level_matrix(length: int, direction: str) -> np.ndarray:
    """One level on `length` samples as a dense matrix over interleaved subbands: output = matrix @ input."""
    matrix = np.zeros((length, length))
    taps = kernels(direction)
    for place in range(length):
        base = place - place % 2
        for t, index in enumerate(reflected(base - REACH, base + REACH + 2, length)):
            matrix[place, index] += taps[place % 2, t]
    return matrix


def packet_matrix(length: int, levels: int) -> np.ndarray:
    """Analysis of `length` samples into 2^levels bands, block by block: row i * 2^levels + b is band b of block i.

    Bit J-1 of the band's number says how the first level split, the last bit how the last one did.
    """
    if levels == 0:
        return np.eye(length)
    split = level_matrix(length, "analysis")
    inner = packet_matrix(length // 2, levels - 1)
    half = 2 ** (levels - 1)
    result = np.zeros((length // (2 * half), 2, half, length))
    for parity in (0, 1):
        result[:, parity] = (inner @ split[parity::2]).reshape(-1, half, length)
    return result.reshape(length, length)
