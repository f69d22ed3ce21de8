"""How much time an encoder may spend. What a decoder does, and what the file looks like, is the same for all of it."""

from __future__ import annotations

# How often the symbols are chosen anew, with the decoder net in view, after the ordinary choice. With the default they
# are not: all that is cheaper than the ordinary choice saves next to no time and makes larger files.
ROUNDS = (0, 1, 2, 3, 4, 6, 8, 12, 16, 24)
DEFAULT_EFFORT = 0
MOST_EFFORT = len(ROUNDS) - 1


def rounds_for(effort: int) -> int:
    if effort not in range(len(ROUNDS)):
        raise ValueError(f"effort goes from 0 to {MOST_EFFORT}, not {effort}")
    return ROUNDS[effort]
