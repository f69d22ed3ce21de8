"""From a prediction to the symbol that is coded, and back: whole numbers only, the same on every machine.

A prediction is finer than a grey level. Its nearest level is taken away from the sample, and where between two levels
it lies chooses among three tables of each narrow scale; a prediction below its level is mirrored to one above.
Samples of more than 8 bits leave their lowest bits to be written plainly; samples that may be off by some levels are
coded in steps that wide.
"""

import math
from dataclasses import dataclass

import numpy as np

from wlc.models.sample_nets import ONE
from wlc.models.scale_nets import NATS_PER_TABLE, TABLES

PLACES = 3  # between two levels, told apart where it matters
_NARROW = 32  # so many of the scales are narrow enough for that
TABLE_COUNT = PLACES * _NARROW + TABLES - _NARROW
_SCALES = np.arange(TABLES)
TABLE_OF = np.array(  # (scales, places)
    [[scale * PLACES + place if scale < _NARROW else scale + (PLACES - 1) * _NARROW for place in range(PLACES)]
     for scale in _SCALES],
    np.uint8,
)  # fmt: skip
LEAN_CLASSES = 10
LEAN_CLASS_OF = np.minimum(_SCALES // 4, LEAN_CLASSES - 1)  # of each scale


def scale_of(table: int) -> int:
    """Which of the nets' scales a table is for."""
    return table // PLACES if table < PLACES * _NARROW else table - (PLACES - 1) * _NARROW


def centre_of(table: int) -> float:
    """How far above the nearest level the predictions lie that a table is for."""
    return (table % PLACES + 0.5) / (2 * PLACES) if table < PLACES * _NARROW else 0.25


@dataclass(frozen=True)
class Named:
    """A pass of samples, predicted: the level nearest to each prediction, its scale, its place between two levels, and
    whether it is mirrored."""

    nearest: np.ndarray  # int32
    scales: np.ndarray  # int32, not yet held to those that there are
    places: np.ndarray  # int32
    mirrored: np.ndarray  # bool

    def within(self, rows: int, columns: int) -> "Named":
        """Those that lie in the picture; beyond its lower and right edge there may be one row or column more."""
        return Named(*(part[..., :rows, :columns] for part in vars(self).values()))

    def of(self, number: int) -> "Named":
        """One tile's part."""
        return Named(*(part[number] for part in vars(self).values()))

    def tables(self, leans: np.ndarray | None = None) -> np.ndarray:
        """As uint8. A tile may lean to scales wider or narrower than the nets expect, so much in each class of them."""
        scales = _SCALES if leans is None else np.clip(_SCALES + leans[LEAN_CLASS_OF], 0, TABLES - 1)
        return TABLE_OF[scales].ravel().take(self.scales_and_places())

    def scales_and_places(self) -> np.ndarray:
        """As one number, of the scales that there are."""
        return np.clip(self.scales, 0, TABLES - 1) * PLACES + self.places


@dataclass(frozen=True)
class Grain:
    """How coarse the samples are: what the nets take for one level, and by how many levels a sample may be off."""

    level_log2: int = 0
    max_error: int = 0

    @property
    def step(self) -> int:
        return 2 * self.max_error + 1

    @property
    def plain_bits(self) -> int:
        """How many bits of each symbol are written without a table: those finer than a level of the nets."""
        return max(0, self.level_log2 - self.step.bit_length() + 1)

    @property
    def _symbol(self) -> int:
        """How many grey levels one coded symbol stands for."""
        return self.step << self.plain_bits

    @property
    def coarseness(self) -> int:
        """What the nets are told: 32 log2 of the step in their own levels."""
        return min(255, max(0, round(32 * math.log2(self.step / (1 << self.level_log2)))))

    def name(self, prediction: np.ndarray, index: np.ndarray) -> Named:
        """`prediction` in units of 1 / ONE, and the scale that the nets gave it."""
        whole = prediction.astype(np.int32)
        nearest = (whole + ONE // 2) // ONE
        offset = whole - nearest * ONE
        coarser = round(math.log(self._symbol / (1 << self.level_log2)) / NATS_PER_TABLE)
        place = np.minimum(np.abs(offset) * (2 * PLACES) // (ONE * self._symbol), PLACES - 1)
        return Named(nearest, index.astype(np.int32) - coarser, place, offset < 0)

    def symbols_of(self, samples: np.ndarray, named: Named) -> tuple[np.ndarray, np.ndarray]:
        """What the tables code, and what is written plainly."""
        steps = (samples.astype(np.int32) - named.nearest + self.max_error) // self.step + self._half
        coded = steps >> self.plain_bits
        return np.where(named.mirrored, -coded, coded), steps & ((1 << self.plain_bits) - 1)

    def samples_of(self, symbols: np.ndarray, plain: np.ndarray, named: Named) -> np.ndarray:
        coded = np.where(named.mirrored, -symbols, symbols)
        return named.nearest + ((coded << self.plain_bits) + plain - self._half) * self.step

    @property
    def _half(self) -> int:
        return (1 << self.plain_bits) >> 1
