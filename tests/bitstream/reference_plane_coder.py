"""Section 11 of FORMAT.md, word by word and place by place, to hold the real coder against."""

from collections.abc import Iterator

from wlc.bitstream.range_coder import RangeDecoder


def decode(segment: bytes, shape: tuple[int, int, int], tables) -> list[list[list[int]]]:
    count, height, width = shape
    coder = RangeDecoder(segment, tables)
    shares, levels = coder.decode_plain(count, 5).tolist(), coder.decode_plain(count, 6).tolist()
    usual = [((64, 76, 91, 108)[level % 4] << (level >> 2)) >> 4 for level in levels]
    codes = [[[0] * width for _ in range(height)] for _ in range(count)]
    errors = [[[0] * width for _ in range(height)] for _ in range(count)]
    first = 0
    while first < count:
        run = range(first, min(count, first + max(1, first // 4)))
        for distance, places in _passes(height, width):
            named = [
                (k, y, x, *_named(codes[k], errors, k, first, y, x, distance, shares[k], usual, (height, width)))
                for k in run
                for y, x in places
            ]
            symbols = coder.decode(_bytes(table for *_, table in named)).tolist()
            for (k, y, x, predicted, _), symbol in zip(named, symbols, strict=True):
                codes[k][y][x], errors[k][y][x] = predicted + symbol, abs(symbol)
        first = run.stop
    coder.finish()
    return codes


def _bytes(tables):
    import numpy as np

    return np.array(list(tables), np.uint8)


def _passes(height: int, width: int) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """The distance to the neighbours, and the places; diagonal passes have a negative one."""
    yield 0, [(0, 0)]
    side = 1
    while side < max(height, width):
        side *= 2
    distance = side // 2
    while distance:

        def grid(odd_row: bool, odd_column: bool, d: int = distance) -> list[tuple[int, int]]:
            rows = [y for y in range(0, height, d) if (y // d) % 2 == odd_row]
            columns = [x for x in range(0, width, d) if (x // d) % 2 == odd_column]
            return [(y, x) for y in rows for x in columns]

        for sign, places in ((-1, grid(True, True)), (1, grid(True, False) + grid(False, True))):
            if places:
                yield sign * distance, places
        distance //= 2


def _named(codes, errors, k, first, y, x, distance, share, usual, size) -> tuple[int, int]:
    """Prediction and table."""
    if distance == 0:
        predicted, around = 0, 4 * usual[k]
    else:
        places = _neighbours(y, x, distance, size)
        predicted = (share * sum(codes[v][u] for v, u in places) + 32) // 64
        around = 16 * sum(errors[k][v][u] for v, u in places)
    seen = 1024
    if first:
        seen = sum(65536 * errors[j][y][x] // usual[j] for j in range(first)) // first
    surroundings = (21 * around + 18 * (seen * usual[k] // 1024) + 288) >> 5
    exponent = surroundings.bit_length()
    logarithm = 16 * (exponent - 2) + (32 * surroundings >> exponent)
    return predicted, min(63, max(0, (85 * logarithm - 2944) >> 8))


def _neighbours(y: int, x: int, distance: int, size: tuple[int, int]) -> list[tuple[int, int]]:
    d = abs(distance)
    if distance < 0:
        all_four = [(y - d, x - d), (y - d, x + d), (y + d, x - d), (y + d, x + d)]
    else:
        all_four = [(y - d, x), (y, x - d), (y + d, x), (y, x + d)]
    there = [(v, u) for v, u in all_four if 0 <= v < size[0] and 0 <= u < size[1]]
    return [one if one in there else there[0] for one in all_four]
