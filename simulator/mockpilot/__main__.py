"""``python -m mockpilot`` is the command line."""

import sys

from mockpilot.cli.main import main

sys.exit(main())
