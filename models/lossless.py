"""The way from a few coarse samples to the whole picture. Encoder, decoder and trainer all walk it, step by step.

At every step the nets predict one colour of one phase of one split; whoever walks says what the samples really are.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch

from .halved_chroma import Enlargement
from .integer_layers import ACTIVATION_MAX
from .lazy_split import FEWER, NEAREST, PHASES, Known, Phase, side_after, split_count
from .own_weights import Terms
from .quick_integers import BYTE
from .sample_nets import ONE, PLANES, Features, PhaseNet, SampleNets, predicted, upsampled

# Computed at once, by the kind of activations: what a strip needs stays in the processor's caches.
_STRIP_PLACES = {torch.float32: 1 << 13, BYTE: 1 << 16}
WHOLE = len(PHASES)  # in place of a phase: all places of a split at once
_FARTHEST_CHROMA = 512  # where predictions end
_ENLARGED_INDEX = 8  # of enlarged chroma's scale: from here, leans reach the narrowest
_LARGE_STEP = 1 << 10  # places


@dataclass(frozen=True)
class Step:
    """One colour of one phase of one split, predicted. The tensors are (B, h, w)."""

    split: int  # 0 is the finest
    phase: int  # or WHOLE
    colour: int
    prediction: torch.Tensor  # whole numbers, in units of 1 / ONE
    index: torch.Tensor  # the head's scale, not yet clamped to the tables

    def part_of(self, plane: torch.Tensor) -> torch.Tensor:
        """The step's places of a plane (B, h, w) that is as fine as its split."""
        if self.phase == WHOLE:
            return plane
        y, x = PHASES[self.phase].parity
        return plane[..., y::2, x::2]

    def size(self, height: int, width: int) -> tuple[int, int]:
        """How many rows and columns of such a part lie in a picture."""
        sides = side_after(height, self.split), side_after(width, self.split)
        if self.phase == WHOLE:
            return sides
        rows, columns = ((side + 1 - odd) // 2 for side, odd in zip(sides, PHASES[self.phase].parity, strict=True))
        return rows, columns

    def is_large(self, height: int, width: int) -> bool:
        """Whether it is worth while that a tile of this size says something of its own about it."""
        return math.prod(self.size(height, width)) >= _LARGE_STEP


Visit = Callable[[Step], torch.Tensor]  # gives the samples of the step, whole numbers
OwnWeights = Callable[[Step, Terms], torch.Tensor | None]  # gives what each tile adds at the step, (B, terms.count)


def walk(
    nets: SampleNets,
    coarsest: torch.Tensor,
    height: int,
    width: int,
    visit: Visit,
    *,
    level: int = 1,
    coarseness: int = 0,
    finest: int = 0,
    enlargement: Enlargement | None = None,
    own_weights: OwnWeights | None = None,
) -> torch.Tensor:
    """Undo the splits from the coarsest to the one numbered `finest`; returns the samples, (B, planes, h, w).

    `coarsest` has one plane or three. `level` is how much the nets take for one grey level, a power of two, for samples
    with more than 8 bits. `coarseness` is the nets' feature of how much the samples have been rounded. With an
    `enlargement` all splits but the finest have half-size chromas, and the finest begins with enlarging them.
    `own_weights` is asked at every step that is large enough, before it is visited.
    """
    features = Features(nets)
    strip_places = _STRIP_PLACES[features.kind]
    samples, carried = coarsest, None
    for split in reversed(range(finest, split_count(height, width))):
        chroma = None
        if split == 0 and enlargement is not None:
            chroma = _enlarged(enlargement, samples[:, 1:], visit)
            samples = torch.cat([samples[:, :1], chroma[..., ::2, ::2]], dim=1)
        known = Known(samples)
        coded = known.planes if chroma is None else 1
        if carried is None:
            carried = features.nothing(len(samples), *known.size)
        else:
            carried = [upsampled(x, *known.size) for x in carried]
        for number, phase in enumerate(PHASES):
            net = nets.net(split, number)
            surroundings = _Surroundings(features, known, phase, level, (coarseness, min(32 * split, ACTIVATION_MAX)))
            strips = [_Strip(net, surroundings, *rows) for rows in _strips(*known.size, net.reach, strip_places)]
            hidden = _stacked([strip.hidden(carried) for strip in strips])
            errors, seen, found = [], [], []
            for colour in range(coded):
                parts = [strip.predicted(colour, hidden, seen, errors) for strip in strips]
                prediction, index = (torch.cat(of_strips, dim=1) for of_strips in zip(*parts, strict=True))
                step = Step(split, number, colour, prediction, index)
                if own_weights is not None and step.is_large(height, width):
                    terms = Terms(*_weighed(strips, colour), tuple(errors), level)
                    own = own_weights(step, terms)
                    if own is not None:
                        step = replace(step, prediction=terms.corrected(prediction, own))
                actual = visit(step)
                error = actual - torch.floor(step.prediction.detach() / ONE + 0.5)
                seen.extend(features.of_errors(torch.floor(error / level + 0.5)))
                found.append(actual)
                errors.append(error)
            if chroma is not None:
                y, x = phase.parity
                found.extend(chroma[..., y::2, x::2].unbind(1))
            known.add(phase.parity, torch.stack(found, dim=1))
            magnitudes = seen[1::2] + [torch.zeros_like(seen[1])] * (PLANES - coded)
            carried = [hidden, torch.stack(magnitudes, dim=1)]
        samples = known.joined(side_after(height, split), side_after(width, split))
    return samples


def _enlarged(enlargement: Enlargement, halved: torch.Tensor, visit: Visit) -> torch.Tensor:
    """Chroma (B, 2, 2h, 2w) as it is, from half-size chroma and the little that this does not explain."""
    expected = enlargement.enlarge(halved).clamp(-_FARTHEST_CHROMA, _FARTHEST_CHROMA)
    found = []
    for number, plane in enumerate(expected.unbind(1)):
        found.append(visit(Step(0, WHOLE, 1 + number, plane * ONE, torch.full_like(plane, _ENLARGED_INDEX))))
    return torch.stack(found, dim=1)


@dataclass(frozen=True)
class _Surroundings:
    """What one phase knows around its samples."""

    features: Features
    known: Known
    phase: Phase
    level: int
    constants: tuple[int, ...]

    def differences(self, colour: int, rows: slice) -> tuple[torch.Tensor, torch.Tensor]:
        """Of the neighbours, (B, k, h, w), to a base, (B, h, w), which is about the mean of the nearest."""
        around = self.known.neighbours(self.phase, colour, rows)
        base = torch.floor(around[:, :NEAREST].sum(dim=1) / NEAREST + 0.5)
        return around.sub_(base[:, None]), base

    def shown(self, differences: list[torch.Tensor], bases: list[torch.Tensor]) -> torch.Tensor:
        """(B, features, h, w). A gray picture is one without differences of colour."""
        if self.known.planes < PLANES:
            differences = [*differences, *[torch.zeros_like(differences[0][:, :FEWER])] * (PLANES - 1)]
            bases = [*bases, *[torch.zeros_like(bases[0])] * (PLANES - 1)]
        parts = [*differences, *(base[:, None] for base in bases[1:])]
        if self.level > 1:
            parts = [torch.floor(part / self.level + 0.5) for part in parts]
        bright = self.features.plain(torch.floor(bases[0] / self.level).clamp(0, 255))
        constants = [torch.full_like(bright, constant) for constant in self.constants]
        signed = map(self.features.signed, parts)  # one by one: what comes of them is smaller to put side by side
        return torch.cat([*signed, torch.stack([bright, *constants], dim=1)], dim=1)


class _Strip:
    """Some rows of a phase, computed together: `rows`, with what the net sees above and below `wider`, and where the
    former lie in the latter `own`."""

    def __init__(self, net: PhaseNet, surroundings: _Surroundings, rows: slice, wider: slice, own: slice) -> None:
        self._net, self._surroundings = net, surroundings
        self._rows, self._wider, self._own = rows, wider, own

    def hidden(self, carried: list[torch.Tensor]) -> torch.Tensor:
        """What the net understands of all places, (B, width, h, w)."""
        surroundings = self._surroundings
        parts = [surroundings.differences(colour, self._wider) for colour in range(surroundings.known.planes)]
        differences, bases = ([*of_colours] for of_colours in zip(*parts, strict=True))
        self._differences = [x[:, :, self._own] for x in differences]
        self._bases = [x[:, self._own] for x in bases]
        features = surroundings.shown(differences, bases)
        return self._net(features, *(x[..., self._wider, :] for x in carried))[..., self._own, :]

    def weighed(self, colour: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The neighbours' differences to their base, and the base."""
        return self._differences[colour], self._bases[colour]

    def predicted(
        self, colour: int, hidden: torch.Tensor, seen: list[torch.Tensor], errors: list[torch.Tensor]
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The prediction of each sample of a colour, and the index of its scale."""
        wider, own = (self._wider, self._own) if seen else (self._rows, slice(None))
        known = torch.stack([x[:, wider] for x in seen], dim=-1).permute(0, 3, 1, 2) if seen else None
        raw = self._net.heads[colour](hidden[..., wider, :], known)[..., own, :]
        weighed = [self._differences[colour], *(error[:, None, self._rows] for error in errors)]
        return predicted(raw, weighed, self._bases[colour], self._surroundings.level), raw[:, -1]


def _strips(height: int, width: int, reach: int, places: int) -> Iterator[tuple[slice, slice, slice]]:
    """Rows to compute together; those with what the nets see above and below; and where the former lie in the latter.

    Training takes all rows at once, since it keeps everything anyway.
    """
    count = height if torch.is_grad_enabled() else max(1, places // width)
    for top in range(0, height, count):
        bottom = min(top + count, height)
        first, last = max(0, top - reach), min(height, bottom + reach)
        yield slice(top, bottom), slice(first, last), slice(top - first, bottom - first)


def _weighed(strips: list[_Strip], colour: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Of all rows: the neighbours' differences (B, k, h, w) to their base, and the base (B, h, w)."""
    if len(strips) == 1:
        return strips[0].weighed(colour)
    differences, bases = zip(*(strip.weighed(colour) for strip in strips), strict=True)
    return torch.cat(differences, dim=2), torch.cat(bases, dim=1)


def _stacked(strips: list[torch.Tensor]) -> torch.Tensor:
    """Strips (B, C, rows, w) below one another, channels_last."""
    if len(strips) == 1:
        return strips[0]
    return torch.cat([strip.permute(0, 2, 3, 1) for strip in strips], dim=1).permute(0, 3, 1, 2)
