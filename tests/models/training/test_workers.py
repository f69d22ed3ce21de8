"""Two processes, as torchrun would start them, on one machine and with gloo."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from wlc.models.training.workers import Workers

PROGRAM = """
import hashlib, os, sys, time, types
from pathlib import Path
import torch
from wlc.models.lossy import LossyConfig
from wlc.models.training import lossy_loop
from wlc.models.training.lossy_loop import Settings, Trainer

# The clock of one runs far faster, which must not make it learn otherwise.
speed = 1 + 200 * int(os.environ["RANK"])
lossy_loop.time = types.SimpleNamespace(monotonic=lambda: speed * time.monotonic())

torch.set_num_threads(1)
pictures, output = map(Path, sys.argv[1:])
settings = Settings(
    data=(pictures,), pristine=(), validation=(), output=output,
    steps=1000, minutes=60, batch=1, crop=64, learning_rate=0.1,
)
trainer = Trainer(settings, LossyConfig(8, 1, 8, 1, (4, 4, 4, 4, 4, 4)), log=lambda line: None)

def digest():
    state = b"".join(t.contiguous().numpy().tobytes() for t in trainer.model.state_dict().values())
    return hashlib.sha256(state).hexdigest()

before, crop = digest(), trainer.photos.draw().sum().item()
one_step, left = trainer._one_step, [1, 2]

def two_steps():
    if not left:
        raise KeyboardInterrupt
    left.pop()
    return one_step()

trainer._one_step = two_steps
trainer.run()
print(trainer.workers.rank, before, digest(), crop, trainer.step, trainer.leads, flush=True)
trainer.workers.part()
os._exit(0)  # how torch takes its threads down is not what is tested, and it does not always do it well
"""


def test_alone(monkeypatch):
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    workers = Workers.join("cpu")
    assert workers == Workers(0, 1, torch.device("cpu"))
    module = torch.nn.Linear(2, 2)
    module(torch.ones(2)).sum().backward()
    before = module.weight.grad.clone()
    workers.average_gradients(module)
    assert torch.equal(module.weight.grad, before)


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.mark.skipif(not torch.distributed.is_available(), reason="this torch has no torch.distributed")
def test_two_processes_stay_the_same(picture_folder: Path, tmp_path: Path, port: int):
    shared = {
        **os.environ,
        "WORLD_SIZE": "2",
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, "-c", PROGRAM, str(picture_folder), str(tmp_path)]
    processes = [
        subprocess.Popen(
            command,
            env={**shared, "RANK": str(rank), "LOCAL_RANK": str(rank)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(2)
    ]
    try:
        ended = [process.communicate(timeout=120) for process in processes]
    finally:
        for process in processes:
            process.kill()
    assert [process.returncode for process in processes] == [0, 0], [error[-2000:] for _, error in ended]
    (rank, start, end, crop, steps, leads), other = (output.split() for output, _ in ended)
    assert [rank, other[0]] == ["0", "1"] and [leads, other[5]] == ["True", "False"]
    assert steps == other[4] == "2"
    assert crop != other[3]  # each draws its own pictures
    assert start == other[1]
    assert end == other[2] != start
