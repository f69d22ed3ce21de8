"""Which file goes where, and what happens to the others when one fails."""

import errno
import io
import json

import click
import pytest

from wlc.bitstream.errors import CorruptFile, TargetExists
from wlc.cli.jobs import Job, JobFailed, Reporter, about, amount, pair, run, say_json


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("paths", "folder", "targets"),
    [
        (["a.png"], None, ["a.wlc"]),
        (["some.where/a"], None, ["some.where/a.wlc"]),
        (["a.tar.png"], None, ["a.tar.wlc"]),
        (["a.png", "b.out"], None, ["b.out"]),
        (["a.png", "-"], None, ["-"]),
        (["-"], None, ["-"]),
        (["-", "a.wlc"], None, ["a.wlc"]),
        (["x/a.png"], "out", ["out/a.wlc"]),
        (["x/a.png", "b.jpg", "c"], "out", ["out/a.wlc", "out/b.wlc", "out/c.wlc"]),
    ],
)
def test_pairs(paths, folder, targets):
    jobs = pair(paths, folder, ".wlc")
    assert [job.target for job in jobs] == targets
    assert [job.source for job in jobs] == (paths if folder or len(paths) == 1 else paths[:1])


@pytest.mark.parametrize(
    ("paths", "folder", "sentence"),
    [
        (["a", "b", "c"], None, "-o DIR"),
        (["x/a.png", "y/a.jpg"], "out", "x/a.png and y/a.jpg would both become out/a.wlc"),
        (["-"], "out", "no name"),
    ],
)
def test_pairs_that_cannot_be(paths, folder, sentence):
    with pytest.raises(click.UsageError) as raised:
        pair(paths, folder, ".wlc")
    assert sentence in raised.value.message


@pytest.mark.parametrize(
    ("error", "sentence", "code"),
    [
        (CorruptFile("this file is damaged"), "this file is damaged", 3),
        (TargetExists("it is there"), "it is there", 7),
        (OSError(errno.ENOSPC, "No space"), "no space is left on the disk", 1),
        (MemoryError(), "not enough memory", 1),
        (RuntimeError("two\nlines"), "this should not have happened: RuntimeError: two lines", 1),
    ],
)
def test_everything_that_goes_wrong_is_one_line_with_a_name(error, sentence, code):
    with pytest.raises(JobFailed) as raised, about("a.png"):
        raise error
    said = str(raised.value)
    assert said.startswith("wlc: a.png: ") and sentence in said and "\n" not in said
    assert raised.value.exit_code == code


@pytest.mark.parametrize("error", [KeyboardInterrupt(), BrokenPipeError(), click.UsageError("so")])
def test_what_is_nobodys_fault_goes_on_its_way(error):
    with pytest.raises(type(error)), about("a.png"):
        raise error


def test_the_innermost_name_is_told():
    with pytest.raises(JobFailed, match="wlc: b: "), about("a"), about("b"):
        raise OSError(errno.EACCES, "no")


def test_the_rest_goes_on_and_the_first_failure_is_the_exit_code(capsys):
    done = []

    def step(job, reporter):
        if job.source.startswith("bad"):
            raise CorruptFile("damaged") if job.source == "bad 1" else TargetExists("there")
        done.append(job.source)

    assert run([Job(name) for name in ("a", "bad 1", "b", "bad 2", "c")], step) == 3
    assert done == ["a", "b", "c"]
    assert capsys.readouterr().err == "wlc: bad 1: damaged\nwlc: bad 2: there\n"
    assert run([Job("a")], step) == 0


def test_a_bar_only_on_a_terminal_and_only_for_many():
    for stream, total, quiet, drawn in (
        (Terminal(), 4, False, True),
        (Terminal(), 1, False, False),
        (Terminal(), 4, True, False),
        (io.StringIO(), 4, False, False),
    ):
        reporter = Reporter(total, quiet=quiet, stream=stream)
        reporter.advance()
        reporter.say("a line")
        reporter.complain("a failure")
        reporter.close()
        assert ("1 of 4" in stream.getvalue()) == drawn
        assert ("a line\n" in stream.getvalue()) != quiet
        assert "a failure\n" in stream.getvalue()
        assert not drawn or stream.getvalue().endswith("\r\x1b[K")


def test_json_is_strict(capsys):
    say_json({"psnr": float("inf"), "notes": ("a",)})
    assert json.loads(capsys.readouterr().out, parse_constant=pytest.fail) == {"psnr": None, "notes": ["a"]}


def test_amounts():
    assert [amount(size) for size in (1, 999, 1000, 60_500, 1_234_567)] == [
        "1 byte",
        "999 bytes",
        "1.0 kB",
        "60.5 kB",
        "1.23 MB",
    ]
