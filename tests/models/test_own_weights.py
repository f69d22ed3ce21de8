"""What a tile adds to the nets' weights: exact arithmetic, whatever it is computed in, and the same both ways."""

import numpy as np
import pytest
import torch

from wlc.models.own_weights import LARGEST_SHARE, Terms
from wlc.models.sample_nets import ONE

LARGEST = 512


def terms_of(random: np.random.Generator, farthest: int, errors: int, level: int = 1) -> Terms:
    """Of two tiles of 6 x 7 places."""
    differences = random.integers(-farthest, farthest, (2, 12 if errors else 16, 6, 7), endpoint=True)
    base = random.integers(-farthest // 2, farthest // 2, (2, 6, 7), endpoint=True)
    of_colours = random.integers(-farthest, farthest, (errors, 2, 6, 7), endpoint=True)
    dtype = torch.float32 if level == 1 else torch.float64
    differences, base, of_colours = (torch.from_numpy(x).to(dtype) for x in (differences, base, of_colours))
    return Terms(differences, base, tuple(of_colours), level)


def by_hand(terms: Terms, prediction: np.ndarray, weights: np.ndarray, bound: int) -> np.ndarray:
    """As FORMAT.md has it, in integers of 64 bits."""
    belonging = [*terms.differences.unbind(1), *terms.errors]
    result = prediction.copy()
    for weight, values in zip(weights.T, belonging, strict=False):
        result += weight[:, None, None] * values.numpy().astype(np.int64)
    shift, share = weights[:, -2, None, None], weights[:, -1, None, None].clip(-LARGEST_SHARE, LARGEST_SHARE)
    beyond = prediction - ONE * terms.base.numpy().astype(np.int64)
    return (result + 16 * terms.level * shift + (share * beyond >> 6)).clip(-bound, bound)


@pytest.mark.parametrize("errors", [0, 1, 2])
@pytest.mark.parametrize(("farthest", "level", "bound"), [(40, 1, 2**17), (1023, 1, 2**17), (2**17, 16, 2**25)])
def test_whole_numbers_as_they_are_specified(errors, farthest, level, bound):
    random = np.random.default_rng([errors, farthest])
    for extreme in (False, True):
        terms = terms_of(random, farthest, errors, level)
        prediction = random.integers(-bound, bound, (2, 6, 7), endpoint=True)
        weights = random.integers(-LARGEST, LARGEST, (2, terms.count))
        if extreme:
            prediction, weights = np.sign(prediction) * bound, np.sign(weights) * (LARGEST - 1)
        exact = by_hand(terms, prediction, weights, bound)
        dtype = terms.base.dtype
        found = terms.corrected(torch.from_numpy(prediction).to(dtype), torch.from_numpy(weights))
        assert found.dtype == dtype and np.array_equal(found.numpy(), exact)


def test_no_weights_change_nothing():
    terms = terms_of(np.random.default_rng(1), 100, 2)
    prediction = torch.arange(84.0).view(2, 6, 7) - 40
    assert torch.equal(terms.corrected(prediction, torch.zeros(2, terms.count)), prediction)


def test_at_some_places_it_is_what_it_is_at_all():
    random = np.random.default_rng(2)
    terms, places = terms_of(random, 100, 1), (..., slice(1, 6, 2), slice(0, 5))
    prediction = torch.from_numpy(random.integers(-(2**14), 2**14, (2, 6, 7))).float()
    weights = torch.from_numpy(random.integers(-99, 99, (2, terms.count)))
    some = terms.at(places).corrected(prediction[places], weights)
    assert torch.equal(some, terms.corrected(prediction, weights)[places])
