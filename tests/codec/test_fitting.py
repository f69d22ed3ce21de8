"""Weights of a tile's own: found where there is something to find."""

import numpy as np
import torch

from wlc.fitting import own_weights
from wlc.models.lossless import Step
from wlc.models.own_weights import Terms
from wlc.models.sample_nets import ONE

SIDE = 80
TRUE = np.array([40, -30, 0, 7, *[0] * 8, 100, 6, -16])  # of 12 neighbours, an error, the shift, the share


def step_of(seed: int, level: int = 1, side: int = SIDE) -> tuple[Step, Terms]:
    """A step of two tiles: noise, predicted from noise."""
    random = np.random.default_rng(seed)
    dtype = torch.float32 if level == 1 else torch.float64
    differences, base, error = (
        torch.from_numpy(level * random.integers(-30, 31, shape)).to(dtype)
        for shape in ((2, 12, side, side), (2, side, side), (2, side, side))
    )
    beyond = torch.from_numpy(level * random.integers(-3000, 3001, (2, side, side))).to(dtype)
    index = torch.full((2, side, side), 45.0)  # nothing here is farther off than that
    return Step(0, 1, 1, base * ONE + beyond, index), Terms(differences, base, (error,), level)


def samples(prediction: torch.Tensor) -> torch.Tensor:
    return torch.floor(prediction / ONE + 0.5)[:, :-1]  # the last row lies beyond the edge


def test_what_was_missed_in_the_same_way_everywhere_is_found():
    for level in (1, 16):
        step, terms = step_of(0, level)
        hidden = torch.from_numpy(np.stack([TRUE, -TRUE]))
        found = own_weights(step, terms, samples(terms.corrected(step.prediction, hidden))).numpy()
        assert np.abs(found - hidden.numpy()).max() <= 2
        assert found.dtype == step.prediction.numpy().dtype and np.array_equal(found, found.round())


def test_each_tile_for_itself():
    step, terms = step_of(1)
    hidden = torch.from_numpy(np.stack([0 * TRUE, TRUE]))
    found = own_weights(step, terms, samples(terms.corrected(step.prediction, hidden)))
    assert not found[0].any() and found[1].any()


def test_rows_of_all_kinds_are_looked_at():
    """Every fourth row, which is where a JPEG's blocks begin, says one thing, and all the others say the opposite."""
    step, terms = step_of(4, side=224)
    hidden = torch.from_numpy(np.stack([TRUE, TRUE]))
    actual = samples(terms.corrected(step.prediction, hidden))
    actual[:, ::4] = samples(terms.corrected(step.prediction, -hidden))[:, ::4]
    found = own_weights(step, terms, actual).numpy()
    assert np.abs(found - TRUE / 2).max() < 10


def test_chance_is_not_taken_for_structure():
    for seed in range(5):
        step, terms = step_of(seed)
        noise = torch.from_numpy(np.random.default_rng(seed).normal(0, 500, step.prediction.shape)).float()
        assert not own_weights(step, terms, samples(step.prediction + noise)).any()


def test_a_few_wild_samples_do_not_lead():
    step, terms = step_of(3)
    hidden = torch.from_numpy(np.stack([TRUE, TRUE]))
    actual = samples(terms.corrected(step.prediction, hidden))
    actual[:, ::40, ::7] += 200  # 13 times the scale
    assert np.abs(own_weights(step, terms, actual).numpy() - np.stack([TRUE, TRUE])).max() <= 25
