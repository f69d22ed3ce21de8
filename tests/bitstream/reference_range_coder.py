"""A second range coder, written from FORMAT.md in plain integers and sharing no line with the first.

If it reads the same symbols from the same bytes, and writes the same bytes for the same symbols, then the
specification says all there is to say.
"""

CLASS_FREQUENCIES = [32768, 16384, 8192, 4096, 2048, 1024, 512, 256, 128, 64, 32, 16, 5] + [1] * 11
RUN_FREQUENCIES, USE_FREQUENCIES = [65520, 16], [61440, 4096]


def starts_of(frequencies):
    count, below, starts = len(frequencies), 0, []
    for column, frequency in enumerate(frequencies):
        starts.append((below * (2**24 - count) >> 16) + column)
        below += frequency
    return [*starts, 2**24]


def uniform_starts(bits):
    return [value << (24 - bits) for value in range(2**bits + 1)]


class Encoder:
    """Keeps the whole lower end as one number, so that carries need no thought."""

    def __init__(self):
        self.lower, self.range, self.words, self.used = 0, 2**64 - 1, 2, False

    def write(self, column, starts):
        scale = self.range >> 24
        self.lower += scale * starts[column]
        self.range = scale * (starts[column + 1] - starts[column])
        self.used = True
        if self.range < 2**32:
            self.lower, self.range, self.words = self.lower << 32, self.range << 32, self.words + 1

    def finish(self):
        if not self.used:
            return b""
        for size in range(64, -1, -8):
            point = -(-self.lower // 2**size) * 2**size
            if point < self.lower + self.range:
                return point.to_bytes(4 * self.words, "big").rstrip(b"\0")
        raise AssertionError("the lower end itself is always inside")


class Decoder:
    def __init__(self, data):
        self.data, self.position = data, 8
        self.range, self.offset = 2**64 - 1, int.from_bytes(data[:8].ljust(8, b"\0"), "big")

    def read(self, starts):
        scale = self.range >> 24
        quantile = self.offset // scale
        assert quantile < 2**24
        column = max(c for c in range(len(starts) - 1) if starts[c] <= quantile)
        self.offset -= scale * starts[column]
        self.range = scale * (starts[column + 1] - starts[column])
        if self.range < 2**32:
            word = self.data[self.position : self.position + 4].ljust(4, b"\0")
            self.position += 4
            self.range, self.offset = self.range << 32, self.offset << 32 | int.from_bytes(word, "big")
        return column

    def read_bits(self, bits):
        """The uniform intervals are too many to list; their formula is simple enough."""
        scale = self.range >> 24
        value = self.offset // scale >> (24 - bits)
        self.offset -= scale * (value << (24 - bits))
        self.range = scale << (24 - bits)
        if self.range < 2**32:
            word = self.data[self.position : self.position + 4].ljust(4, b"\0")
            self.position += 4
            self.range, self.offset = self.range << 32, self.offset << 32 | int.from_bytes(word, "big")
        return value


def write_bits(encoder, value, bits):
    scale = encoder.range >> 24
    encoder.lower += scale * (value << (24 - bits))
    encoder.range = scale << (24 - bits)
    if encoder.range < 2**32:
        encoder.lower, encoder.range = encoder.lower << 32, encoder.range << 32
        encoder.words += 1


def is_sure(indices, rows):
    lowest = rows[min(indices)] if indices else []
    return bool(indices) and lowest[len(lowest) // 2 - 1] >= 2**16 - 64


def encode(passes, rows):
    """`passes` holds (symbols, indices) lists; `rows` the frequencies of each table, escape last."""
    encoder = Encoder()
    for symbols, indices in passes:
        escaped, coded = [], [True] * len(indices)
        if is_sure(indices, rows):
            sure = [index == min(indices) for index in indices]
            runs = [range(start, min(start + 64, len(indices))) for start in range(0, len(indices), 64)]
            loud = [any(sure[place] and symbols[place] != 0 for place in run) for run in runs]
            untold = 32 * sum(loud) > len(runs)
            encoder.write(int(untold), starts_of(USE_FREQUENCIES))
            for run, is_loud in zip(runs, loud, strict=True):
                if not untold:
                    encoder.write(int(is_loud), starts_of(RUN_FREQUENCIES))
                for place in run:
                    coded[place] = untold or is_loud or not sure[place]
        for table, row in enumerate(rows):
            starts, reach = starts_of(row), len(row) // 2 - 1
            for place, symbol in enumerate(symbols):
                if coded[place] and indices[place] == table:
                    outside = abs(symbol) > reach
                    encoder.write(2 * reach + 1 if outside else symbol + reach, starts)
                    if outside:
                        escaped.append((place, abs(symbol) - reach, symbol < 0))
        escaped.sort()
        classes = [number.bit_length() - 1 for _, number, _ in escaped]
        for number in classes:
            encoder.write(number, starts_of(CLASS_FREQUENCIES))
        for wanted in range(1, 24):
            for (_, value, _), number in zip(escaped, classes, strict=True):
                if number == wanted:
                    write_bits(encoder, value - 2**number, number)
        for _, _, negative in escaped:
            write_bits(encoder, int(negative), 1)
    return encoder.finish()


def decode(data, passes, rows):
    """`passes` holds lists of indices; the answer holds lists of symbols."""
    decoder, result = Decoder(data), []
    for indices in passes:
        symbols, escaped, coded = [0] * len(indices), [], [True] * len(indices)
        if is_sure(indices, rows) and decoder.read(starts_of(USE_FREQUENCIES)) == 0:
            for start in range(0, len(indices), 64):
                loud = decoder.read(starts_of(RUN_FREQUENCIES)) == 1
                for place in range(start, min(start + 64, len(indices))):
                    coded[place] = loud or indices[place] != min(indices)
        for table, row in enumerate(rows):
            starts, reach = starts_of(row), len(row) // 2 - 1
            for place, index in enumerate(indices):
                if coded[place] and index == table:
                    column = decoder.read(starts)
                    symbols[place] = column - reach
                    if column == 2 * reach + 1:
                        escaped.append((place, reach))
        escaped.sort()
        classes = [decoder.read(starts_of(CLASS_FREQUENCIES)) for _ in escaped]
        values = [2**number for number in classes]
        for wanted in range(1, 24):
            for turn, number in enumerate(classes):
                if number == wanted:
                    values[turn] += decoder.read_bits(number)
        for (place, reach), value in zip(escaped, values, strict=True):
            magnitude = value + reach
            symbols[place] = -magnitude if decoder.read_bits(1) else magnitude
        result.append(symbols)
    return result
