"""The depot app as a process: told by its environment where to connect, by standard input what is planned.

    python -m example_project.depot_app [BUG]        a line: VEHICLE LEAVE SOC
"""

from __future__ import annotations

import os
import sys

from example_project.depot_app.threaded import ThreadedApp

app = ThreadedApp(
    os.environ["MOCKPILOT_URL"], os.environ["MOCKPILOT_CA_FILE"], os.environ["MOCKPILOT_USER"],
    os.environ["MOCKPILOT_PASSWORD"], *sys.argv[1:],
)  # fmt: skip
for line in sys.stdin:
    vehicle, leave, soc = line.split()
    app.plan_bus(vehicle, leave=leave, soc=float(soc))
app.stop()
