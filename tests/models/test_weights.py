import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from wlc.models import weights


@pytest.fixture
def arrays() -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    return {
        "b.weight": random.normal(size=(3, 4)).astype(np.float32),
        "a.bias": random.integers(-1000, 1000, 5).astype(np.int32),
        "c.shift": random.integers(0, 20, (2, 2)).astype(np.int8),
    }


def test_fingerprint_is_of_the_content(arrays, tmp_path):
    expected = weights.fingerprint(arrays)
    assert len(expected) == 8
    assert weights.fingerprint(dict(reversed(arrays.items()))) == expected
    assert weights.fingerprint({k: np.asfortranarray(v) for k, v in arrays.items()}) == expected
    assert weights.fingerprint({k: v.astype(v.dtype.newbyteorder(">")) for k, v in arrays.items()}) == expected
    save_file(arrays, tmp_path / "one.safetensors", metadata={"step": "1"})
    save_file(dict(reversed(arrays.items())), tmp_path / "other.safetensors", metadata={"config": '{"a": 1}'})
    read = [weights.read(tmp_path / f"{name}.safetensors") for name in ("one", "other")]
    assert [w.fingerprint for w in read] == [expected] * 2


def test_fingerprint_never_changes(arrays):
    """Every file names its weights by this; were it computed otherwise, none could be read any more."""
    arrays["b.weight"] = np.arange(12, dtype=np.float32).reshape(3, 4)
    arrays["a.bias"] = np.arange(5, dtype=np.int32)
    arrays["c.shift"] = np.arange(4, dtype=np.int8).reshape(2, 2)
    assert weights.fingerprint(arrays).hex() == "4b9ca5a44d657749"


def test_one_bit_makes_other_weights(arrays):
    seen = {weights.fingerprint(arrays)}
    for name, array in arrays.items():
        for byte in range(array.nbytes):
            flipped = array.copy()
            flipped.reshape(-1).view(np.uint8)[byte] ^= 1 << byte % 8
            seen.add(weights.fingerprint({**arrays, name: flipped}))
    assert len(seen) == 1 + sum(array.nbytes for array in arrays.values())


def test_names_shapes_and_types_count(arrays):
    others = [
        {("d" + name if name == "a.bias" else name): array for name, array in arrays.items()},
        {**arrays, "b.weight": arrays["b.weight"].reshape(4, 3)},
        {**arrays, "a.bias": arrays["a.bias"].view(np.uint32)},
        {**arrays, "more": np.zeros(0, np.float32)},
    ]
    assert len({weights.fingerprint(x) for x in [arrays, *others]}) == 5


def test_what_a_file_holds(arrays, tmp_path):
    path = tmp_path / "mine.safetensors"
    save_file(arrays, path, metadata={"config": '{"width": 3}', "step": "9"})
    read = weights.read(path)
    assert (read.name, read.config, read.recipe) == ("mine", {"width": 3}, {"step": "9"})
    assert all(np.array_equal(read.arrays[name], array) for name, array in arrays.items())


@pytest.fixture
def own_folder(tmp_path, monkeypatch, arrays) -> Path:
    """Two folders on the search path, one of them not there; the other holds `mine.safetensors`."""
    folder = tmp_path / "own"
    folder.mkdir()
    save_file(arrays, folder / "mine.safetensors")
    monkeypatch.setenv(weights.SEARCH_PATH, os.pathsep.join([str(tmp_path / "nowhere"), str(folder)]))
    return folder


def test_found_by_name(own_folder):
    assert weights.find_by_name("mine") == own_folder / "mine.safetensors"
    assert weights.find_by_name(weights.DEFAULT) == weights.SHIPPED / f"{weights.DEFAULT}.safetensors"
    assert weights.find_by_name("yours") is None


def test_found_by_path(arrays, tmp_path):
    path = tmp_path / "elsewhere.safetensors"
    assert weights.find_by_name(str(path)) is None
    save_file(arrays, path)
    assert weights.find_by_name(str(path)) == path


def test_found_by_fingerprint(own_folder, arrays):
    assert weights.find_by_fingerprint(weights.fingerprint(arrays)) == own_folder / "mine.safetensors"
    assert weights.find_by_fingerprint(bytes(8)) is None
    assert {weights.DEFAULT, "mine"} <= set(weights.installed().values())


def test_a_changed_file_is_looked_at_again(own_folder, arrays):
    path = own_folder / "mine.safetensors"
    old = weights.fingerprint(arrays)
    assert weights.find_by_fingerprint(old) == path
    arrays["a.bias"][0] += 1
    save_file(arrays, path)
    os.utime(path, ns=(1, 1))
    assert weights.find_by_fingerprint(old) is None
    assert weights.find_by_fingerprint(weights.fingerprint(arrays)) == path


def test_shipped_weights_come_before_copies(own_folder):
    shipped = weights.find_by_name(weights.DEFAULT)
    (own_folder / "copy.safetensors").write_bytes(shipped.read_bytes())
    assert weights.find_by_fingerprint(weights.read(shipped).fingerprint) == shipped


def test_without_torch():
    program = "import sys; from wlc.models import weights; assert weights.installed(); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
