"""Symbols that lie outside their table, as Exp-Golomb numbers.

Rare large values would make every table long. They take the table's escape instead, and what they exceed
its reach by follows as a class (how many bits it has), those bits, and the sign.
"""

import numpy as np

LARGEST_MAGNITUDE = 2**24 - 1
CLASS_COUNT = 24

# Half of the remaining probability for each next class, and no class without any: 65,536 in all.
CLASS_FREQUENCIES = np.array([2 ** (15 - c) if c < 12 else 1 for c in range(CLASS_COUNT)], np.uint32)
CLASS_FREQUENCIES[12] += 65536 - int(CLASS_FREQUENCIES.sum())


def classes_of(excess: np.ndarray) -> np.ndarray:
    """The class c of each excess e >= 0: 2^c <= e + 1 < 2^(c + 1)."""
    return (np.frexp(excess + 1.0)[1] - 1).astype(np.int32)


def excess_bits(excess: np.ndarray) -> np.ndarray:
    """What class, low bits and sign of an excess cost together."""
    classes = classes_of(excess)
    return 16 - np.log2(CLASS_FREQUENCIES[classes]) + classes + 1
