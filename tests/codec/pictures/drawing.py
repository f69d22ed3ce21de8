"""Samples of any size and kind, for property tests: what they come out as must be what went in."""

import numpy as np
from hypothesis import strategies as st


@st.composite
def wide_samples(draw: st.DrawFn, channels: tuple[int, ...] = (1, 2, 3, 4)) -> np.ndarray:
    """(1..40, 1..40, C) of uint16: noise between two levels, or steps that add up to ramps and wrap around."""
    shape = (draw(st.integers(1, 40)), draw(st.integers(1, 40)), draw(st.sampled_from(channels)))
    highest = draw(st.sampled_from([0, 1, 255, 256, 4095, 65535]))
    noise = np.random.default_rng(draw(st.integers(0, 2**32 - 1))).integers(0, highest + 1, shape)
    for axis in draw(st.sampled_from([(), (0,), (1,), (0, 1)])):
        noise = noise.cumsum(axis=axis)
    return noise.astype(np.uint16)
