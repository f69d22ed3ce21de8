"""Leans follow what the symbols really are, each class of scales by itself."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from wlc.leaning import best_leans
from wlc.loaded import Loaded, lossless_by_name
from wlc.models.scale_nets import TABLES, log_scale
from wlc.residuals import LEAN_CLASS_OF, LEAN_CLASSES, Named
from wlc.step_notes import LARGEST_LEAN

pytestmark = pytest.mark.usefixtures("tiny_lossless")
SCALES = np.exp(log_scale(torch.arange(TABLES).float()).numpy())


@pytest.fixture(scope="module")
def loaded(tiny_lossless) -> Loaded:
    return lossless_by_name(None, "cpu")


def drawn(scales: np.ndarray, wider: np.ndarray) -> tuple[Named, np.ndarray]:
    """Symbols of scales that are so many tables wider than they are named."""
    random = np.random.default_rng(0)
    true = SCALES[np.clip(scales + wider, 0, TABLES - 1)]
    symbols = np.rint(random.logistic(0, true)).astype(np.int32)
    return Named(0 * symbols, scales, 0 * symbols + 1, symbols > 9999), symbols


def cost(named: Named, symbols: np.ndarray, leans: np.ndarray, loaded: Loaded) -> float:
    costs = loaded.parts_of_bits
    middle = costs.shape[1] // 2
    return costs[named.tables(leans), symbols.clip(-middle, middle) + middle].sum()


def test_wider_here_and_narrower_there(loaded):
    scales = np.repeat(np.arange(40, dtype=np.int32), 300).reshape(60, 200)
    named, symbols = drawn(scales, np.where(scales < 20, 6, -6))
    leans = best_leans(named, symbols, loaded)
    assert len(leans) == LEAN_CLASSES and np.abs(leans).max() <= LARGEST_LEAN
    assert (leans[2:5] > 2).all() and (leans[5:8] < -2).all()
    assert cost(named, symbols, leans, loaded) < cost(named, symbols, 0 * leans, loaded)


def test_the_best_of_each_class(loaded):
    scales = np.random.default_rng(1).integers(-5, 70, (50, 40)).astype(np.int32)
    named, symbols = drawn(scales, np.full_like(scales, 4))
    leans = best_leans(named, symbols, loaded)
    least = cost(named, symbols, leans, loaded)
    for number in range(LEAN_CLASSES):
        for lean in range(-LARGEST_LEAN, LARGEST_LEAN + 1):
            other = leans.copy()
            other[number] = lean
            assert cost(named, symbols, other, loaded) >= least


def test_a_symbol_and_its_opposite_are_two(loaded):
    """A table of a narrow scale is for predictions above their level: there 1 is likely, and -1 next to impossible."""
    scales = np.full((60, 60), 4, np.int32)
    named = Named(0 * scales, scales, 0 * scales + 2, scales > 99)
    up = (np.arange(scales.size) % 3 == 0).astype(np.int32).reshape(scales.shape)
    leans = {sign: best_leans(named, sign * up, loaded)[1] for sign in (1, -1)}
    assert leans[1] < leans[-1]
    assert cost(named, up, np.full(LEAN_CLASSES, leans[1]), loaded) < cost(named, up, 0 * scales[0, :10], loaded)


def test_what_saves_nothing_is_not_said(loaded):
    scales = np.full((5, 6), 17, np.int32)
    named, symbols = drawn(scales, 0 * scales)
    assert not best_leans(named, symbols, loaded).any()
    named, symbols = (replace(named, scales=scales[:0], places=scales[:0]), symbols[:0])
    assert not best_leans(named, symbols, loaded).any()


def test_a_lean_moves_its_class_alone():
    scales = np.arange(TABLES, dtype=np.int32)
    named = Named(0 * scales, scales, 0 * scales, scales > 99)
    leans = np.zeros(LEAN_CLASSES, np.int32)
    leans[3] = 2
    moved = named.tables(leans) != named.tables()
    assert np.array_equal(moved, LEAN_CLASS_OF == 3)
    leans[:] = -LARGEST_LEAN
    assert named.tables(leans).min() == 0
