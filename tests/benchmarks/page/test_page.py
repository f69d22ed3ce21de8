import subprocess
import sys


def test_only_figures_need_matplotlib():
    check = "import sys, wlc.benchmarks.page; sys.exit('matplotlib' in sys.modules or 'torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
