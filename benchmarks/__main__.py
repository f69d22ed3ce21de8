"""`python -m wlc.benchmarks`, and `wlc bench`: everything that measures."""

from wlc.benchmarks.cli import bench

bench(prog_name="wlc bench")
