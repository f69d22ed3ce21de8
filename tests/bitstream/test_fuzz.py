"""A short run of the fuzzer, so that it keeps working and a gross mistake is found at once."""

import random
from itertools import islice

from click.testing import CliRunner

from wlc.benchmarks.fuzz import attempt, fuzz, join_chunks, mutations, repair_index, split_chunks
from wlc.bitstream.container import write_container

from .samples import sample_containers

FILES = [write_container(container) for container in sample_containers()]


def test_taking_apart_and_repairing_change_nothing():
    for data in FILES:
        assert join_chunks(split_chunks(data)) == data
        assert join_chunks(repair_index(split_chunks(data))) == data


def test_the_same_seed_damages_in_the_same_way():
    first, second = (list(islice(mutations(FILES, random.Random(5)), 200)) for _ in range(2))
    assert first == second
    assert len(set(first)) > 150


def test_nothing_leaves_the_family():
    kinds = {attempt(data, None, None) for data in islice(mutations(FILES, random.Random(1)), 3000)}
    assert kinds == {"sound", "CorruptFile", "TruncatedFile", "UnsupportedFile", "LimitExceeded"}


def test_the_command(tmp_path):
    paths = []
    for number, data in enumerate(FILES):
        paths.append(str(tmp_path / f"{number}.wlc"))
        (tmp_path / f"{number}.wlc").write_bytes(data)
    result = CliRunner().invoke(fuzz, ["--count", "300", *paths])
    assert result.exit_code == 0, result.output
    assert "files a second" in result.output
