"""`python -m wlc` is `wlc`."""

import sys

from wlc.cli import main

sys.exit(main())
