"""A peer brought to the size of another file, so that pictures can be compared at equal cost."""

from dataclasses import dataclass

from PIL import Image

from wlc.benchmarks.codecs import Codec
from wlc.benchmarks.measure import there_and_back
from wlc.benchmarks.results import Trial


@dataclass(frozen=True)
class AtSize:
    """The finest file of whole quality that keeps within the budget; if none does, the smallest there is."""

    quality: int
    data: bytes
    within_budget: bool


def nearest_size(codec: Codec, picture: Image.Image, budget: int) -> AtSize:
    """By halving, as sizes grow with quality; never above the budget, so that the peer gets no bit more."""
    low, high = 0, 100
    best: AtSize | None = None
    while low <= high:
        quality = (low + high) // 2
        data = codec.encode(picture, quality)
        if len(data) <= budget:
            best, low = AtSize(quality, data, within_budget=True), quality + 1
        else:
            high = quality - 1
    return best or AtSize(0, codec.encode(picture, 0), within_budget=False)


def warm_trial(codec: Codec, name: str, picture: Image.Image, quality: float) -> Trial:
    """The second of two runs: the first also loads libraries and weights."""
    there_and_back(codec, name, picture, quality)
    return there_and_back(codec, name, picture, quality)[0]
