"""The boundary to constriction: what it codes with, how its streams end, and what it may throw.

constriction is imported here only, and late: a reader of WebP-coded files does not need it.
"""

from functools import lru_cache

import numpy as np

from .errors import CorruptFile, UnsupportedFile
from .tables import FREQUENCY_SUM

WORD_BITS = 32
STATE_BITS = 64
FULL_RANGE = 2**STATE_BITS - 1


def available() -> bool:
    """Whether constriction can be imported; without it the WebP coder still works."""
    try:
        import constriction  # noqa: F401
    except ImportError:
        return False
    return True


def table_model(frequencies: np.ndarray):
    """What codes one table. Both options decide the bytes, and so does float64: k / 2^16 is exact in it."""
    probabilities = frequencies.astype(np.float64) / FREQUENCY_SUM
    return _constriction().model.Categorical(probabilities, lazy=False, perfect=False)


@lru_cache(maxsize=32)
def uniform_model(size: int):
    """What codes plain bits."""
    return _constriction().model.Uniform(size)


class StreamWriter:
    """constriction's encoder, but with an end chosen here: it seals with whole words where a byte will do."""

    def __init__(self):
        self._backend = _constriction().queue.RangeEncoder()

    def write(self, columns: np.ndarray, model) -> None:
        self._backend.encode(columns, model)

    def finish(self) -> bytes:
        words = self._backend.get_compressed()
        position, (lower, width) = self._backend.pos()
        if position == 0 and width == FULL_RANGE:
            return b""
        before = int.from_bytes(words[:position].astype(">u4").tobytes(), "big")
        # The words in front suit the point that constriction chose; undo its carry to find the lower end.
        before -= (lower + 2 ** (STATE_BITS - WORD_BITS) - 1) >> STATE_BITS
        point = (before << STATE_BITS) + _roundest_number(lower, lower + width)
        return point.to_bytes((WORD_BITS * position + STATE_BITS) // 8, "big").rstrip(b"\0")


class StreamReader:
    """constriction's decoder, guarded: it knows nothing of corrupt data, and a Rust panic is no Exception."""

    def __init__(self, data: bytes):
        if data.endswith(b"\0"):
            raise CorruptFile("this file has a segment that ends with bytes it does not need")
        padded = data + bytes(-len(data) % (WORD_BITS // 8))
        self._backend = _constriction().queue.RangeDecoder(np.frombuffer(padded, ">u4").astype(np.uint32))
        self._again = StreamWriter()

    def read(self, count: int, model) -> np.ndarray:
        try:
            columns = self._backend.decode(model, count)
            self._again.write(columns, model)
        except (KeyboardInterrupt, SystemExit, MemoryError):
            raise
        except BaseException as error:
            raise CorruptFile("this file has a segment that no encoder can have written") from error
        return columns

    def encode_again(self) -> bytes:
        return self._again.finish()


def _roundest_number(low: int, high: int) -> int:
    """The number in [low, high) that ends with the most zero bytes."""
    for shift in range(STATE_BITS, 0, -8):
        number = -(-low >> shift) << shift
        if number < high:
            return number
    return low


def _constriction():
    if not available():
        raise UnsupportedFile("the range coder needs the library constriction, which cannot be imported here")
    import constriction

    return constriction.stream
