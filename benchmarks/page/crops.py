"""Parts of a few pictures as each codec shows them at equal size: numbers judge, and so does the eye."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PIL import Image

from wlc.benchmarks.codecs import Codec
from wlc.benchmarks.metrics.psnr import psnr
from wlc.benchmarks.pictures import Pictures
from wlc.benchmarks.same_size import nearest_size

from .windows import windows

RATES = (0.25, 0.5)  # bits per pixel
BESIDE = ("avif", "jxl", "webp")
SIZE = 192
_OF_KODAK = ("kodim13", "kodim15", "kodim19")  # texture, a face, a fence before a sky
_COUNT = 3

EXPLANATION = (
    "The same parts of the same pictures from files of nearly equal size. The first codec sets the size, and no other "
    "file is larger, unless its smallest is; some are smaller, as qualities come in whole steps. Rate and PSNR are of "
    "the whole picture."
)


@dataclass(frozen=True)
class Shown:
    """One codec's picture, cut; rate and PSNR are of the whole picture."""

    codec: str
    label: str
    picture: Image.Image
    bpp: float
    psnr: float
    within_budget: bool


@dataclass(frozen=True)
class Crop:
    """One part of one picture: as it is, and as each codec gives it back."""

    picture_name: str
    kind: str  # "detail" or "smooth"
    rate: float  # that was aimed for
    original: Image.Image
    shown: tuple[Shown, ...]


def side_by_side(
    pictures: Pictures,
    codecs: Mapping[str, Codec],
    rates: Sequence[float] = RATES,
    progress: Callable[[str], None] = lambda _done: None,
) -> list[Crop]:
    """By rate, then by picture. The first codec, wlc if it is there, sets the size; no other file is larger."""
    lined_up = _lined_up(codecs)
    if not lined_up:
        return []
    found = {rate: [] for rate in rates}
    for name, picture in chosen(pictures):
        boxes = windows(picture, SIZE)
        for rate in rates:
            whole = _at_equal_size(lined_up, picture, rate)
            progress(f"{name} at {rate:g} bpp")
            for kind, box in boxes.items():
                found[rate].append(_crop(name, kind, rate, picture, whole, box))
    return [crop for rate in rates for crop in found[rate]]


def chosen(pictures: Pictures) -> Pictures:
    """Three that show much, if these are the pictures of Kodak; otherwise three spread over the folder."""
    named = [path for path in pictures.paths if path.stem in _OF_KODAK]
    if pictures.are_kodak():
        return Pictures(tuple(named), pictures.digest)
    count = min(_COUNT, len(pictures))
    places = [(2 * i + 1) * len(pictures) // (2 * count) for i in range(count)]
    return Pictures(tuple(pictures.paths[place] for place in places), pictures.digest)


def _lined_up(codecs: Mapping[str, Codec]) -> list[Codec]:
    """One wlc and the usual three; where none of these runs, whoever does."""
    usable = {name: codec for name, codec in codecs.items() if codec.missing() is None}
    leader = next((name for name in usable if name.startswith("wlc")), next(iter(usable), None))
    others = [name for name in BESIDE if name in usable and name != leader]
    others = others or [name for name in usable if name != leader][: len(BESIDE)]
    return [usable[name] for name in ([leader] if leader else []) + others]


def _at_equal_size(codecs: Sequence[Codec], picture: Image.Image, rate: float) -> list[Shown]:
    leader, *others = codecs
    data = _nearest(leader, picture, rate * picture.width * picture.height / 8)
    whole = [_shown(leader, picture, data, within_budget=True)]
    for codec in others:
        found = nearest_size(codec, picture, budget=len(data))
        whole.append(_shown(codec, picture, found.data, found.within_budget))
    return whole


def _nearest(codec: Codec, picture: Image.Image, target: float) -> bytes:
    """The file of whole quality whose size is nearest, be it larger or smaller."""
    low, high = 1, 100
    files = []
    while low <= high:
        quality = (low + high) // 2
        files.append(codec.encode(picture, quality))
        if len(files[-1]) <= target:
            low = quality + 1
        else:
            high = quality - 1
    return min(files, key=lambda data: abs(len(data) - target))


def _shown(codec: Codec, picture: Image.Image, data: bytes, within_budget: bool) -> Shown:
    decoded = codec.decode(data)
    bpp = 8 * len(data) / (picture.width * picture.height)
    return Shown(codec.name, codec.label, decoded, bpp, psnr(picture, decoded), within_budget)


def _crop(
    name: str, kind: str, rate: float, picture: Image.Image, whole: Sequence[Shown], box: tuple[int, int, int, int]
) -> Crop:
    cut = tuple(Shown(**vars(shown) | {"picture": shown.picture.crop(box)}) for shown in whole)
    return Crop(name, kind, rate, picture.crop(box), cut)
