"""A picture as two of half its size, and back: what `wlc split` and `wlc merge` do.

Both halves are ordinary 8-bit pictures. The low one looks like the picture; the high one is middle grey wherever there
is no detail. The learned transform's high half is of the same size as the low one. A fixed wavelet has three times as
much detail: along rows, along columns and along both, one beside the other. A note in each PNG says how it was made.
"""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass

import numpy as np
import torch
from PIL import Image, PngImagePlugin

from wlc.bitstream.errors import WlcError
from wlc.models.wae import strips, transforms
from wlc.models.wae.energy import high_share
from wlc.models.wae.nets import to_samples, to_unit
from wlc.models.wae.transforms import LEARNED, Transform, bands_of
from wlc.pictures import Picture

_NOTE = "wlc-split"


@dataclass(frozen=True)
class Note:
    """How two halves were made, kept in both."""

    transform: str  # of `transforms.NAMES`
    width: int  # of the picture: halves of odd sides are rounded up
    height: int
    grey: bool = False
    weights: str = ""  # fingerprint of the learned transform's


@dataclass(frozen=True, eq=False)
class Halves:
    """(h, w, 3) and (h, w or 3 * w, 3), uint8."""

    note: Note
    low: np.ndarray
    high: np.ndarray

    @property
    def high_share(self) -> float:
        """The high half's part of the energy of both."""
        low, high = (_planes(half) for half in (self.low, self.high))
        return high_share(low, _stacked(high, bands_of(self.note.transform)))


def split(picture: Picture, transform: str = LEARNED, weights: str = LEARNED) -> Halves:
    """Of an opaque picture of 8 bits. `weights` name a learned transform, or the file that it is in."""
    if picture.has_alpha:
        raise WlcError("this picture is transparent in places, which halves have no room for; flatten it first")
    if picture.bit_depth != 8:
        raise WlcError("this picture has 16 bits a sample, and halves have 8; convert it first")
    grey = picture.layout == "L"
    samples = np.repeat(picture.samples, 3, axis=2) if grey else picture.samples
    how, fingerprint = _transform(transform, weights)
    padding = [(0, picture.height % 2), (0, picture.width % 2), (0, 0)]
    planes = _planes(np.pad(samples, padding, mode="edge"))
    with torch.inference_mode():
        low, high = strips.split(how, planes)
    note = Note(transform, picture.width, picture.height, grey, fingerprint)
    return Halves(note, _samples(low), _samples(_beside(high, bands_of(transform))))


def merge(halves: Halves, weights: str = LEARNED) -> Picture:
    """The picture that halves were made of, or nearly so."""
    note = halves.note
    how, fingerprint = _transform(note.transform, weights)
    if note.weights and note.weights != fingerprint:
        raise WlcError(f"these halves were made with other weights ({note.weights}); name them with --model")
    bands = bands_of(note.transform)
    height, width = halves.low.shape[:2]
    if halves.high.shape[:2] != (height, bands * width):
        raise WlcError(
            f"these are not two halves of one picture: to {width}x{height} belongs {bands * width}x{height}, not "
            f"{halves.high.shape[1]}x{halves.high.shape[0]}"
        )
    if ((note.height + 1) // 2, (note.width + 1) // 2) != (height, width):
        raise WlcError(f"a picture of {note.width}x{note.height} has no halves of {width}x{height}")
    with torch.inference_mode():
        planes = strips.merge(how, _planes(halves.low), _stacked(_planes(halves.high), bands))
    samples = _samples(planes)[: note.height, : note.width]
    if note.grey:
        samples = samples.mean(axis=2, keepdims=True).round().astype(np.uint8)
    return Picture(np.ascontiguousarray(samples))


def to_png(half: np.ndarray, note: Note) -> bytes:
    kept = PngImagePlugin.PngInfo()
    kept.add_text(_NOTE, json.dumps(asdict(note), sort_keys=True))
    stream = io.BytesIO()
    Image.fromarray(half).save(stream, "PNG", pnginfo=kept)
    return stream.getvalue()


def image_of(picture: Picture) -> Image.Image:
    """An opaque 8-bit picture for Pillow."""
    return Image.fromarray(picture.samples[..., 0] if picture.layout == "L" else picture.samples)


def from_png(picture: Picture, data: bytes) -> tuple[np.ndarray, Note | None]:
    """A half, read before as a picture is, and its note if there still is one."""
    if picture.bit_depth != 8 or picture.layout not in ("L", "RGB"):
        raise WlcError("this is no half of a picture: those are opaque and have 8 bits a sample")
    samples = np.repeat(picture.samples, 3, axis=2) if picture.layout == "L" else picture.samples
    with Image.open(io.BytesIO(data)) as image:
        text = getattr(image, "text", {}).get(_NOTE)
    return samples, None if text is None else _note_in(text)


def note_of(low: Note | None, high: Note | None, transform: str | None, size: tuple[int, int]) -> Note:
    """What both say; without notes, as after editing, what was asked for: then the picture has even sides."""
    if low is not None and high is not None and low != high:
        raise WlcError("these are halves of two different pictures")
    found = low or high
    if found is not None:
        if transform not in (None, found.transform):
            raise WlcError(f"these halves were made with --transform {found.transform}")
        return found
    if transform is None:
        raise WlcError("the note of how they were made is gone from these halves; --transform can say it")
    return Note(transform, 2 * size[0], 2 * size[1])


def _note_in(text: str) -> Note:
    try:
        note = Note(**json.loads(text))
        types = {"transform": str, "width": int, "height": int, "grey": bool, "weights": str}
        if any(type(getattr(note, name)) is not kind for name, kind in types.items()):
            raise TypeError
    except (TypeError, ValueError) as error:
        raise WlcError("the note in this half is damaged") from error
    if note.transform not in transforms.NAMES:
        raise WlcError(f"this half was made with a transform that is not known here: {note.transform!r}")
    return note


def _transform(name: str, weights: str) -> tuple[Transform, str]:
    if name != LEARNED:
        return transforms.fixed(name), ""
    try:
        model, fingerprint = transforms.learned(weights)
    except (OSError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise WlcError(f"there is no wavelet-like auto-encoder {weights!r}") from error
    return model, fingerprint.hex()


def _planes(samples: np.ndarray) -> torch.Tensor:
    """(h, w, 3) to (3, h, w) in -1..1."""
    return to_unit(torch.from_numpy(np.ascontiguousarray(samples))).permute(2, 0, 1)


def _samples(planes: torch.Tensor) -> np.ndarray:
    return to_samples(planes).round().clamp(0, 255).to(torch.uint8).permute(1, 2, 0).numpy()


def _beside(high: torch.Tensor, bands: int) -> torch.Tensor:
    """(3 * bands, h, w) to (3, h, bands * w)."""
    return torch.cat(high.chunk(bands), dim=2)


def _stacked(high: torch.Tensor, bands: int) -> torch.Tensor:
    """The inverse of `_beside`."""
    return torch.cat(high.chunk(bands, dim=2))
