"""What viewers of the lab bench cost the CMS: five on a link with 500 events a second, beside none, in one run.

    python tests/benchmarks/bench_console.py [--viewers 5] [--seconds 6] [--rounds 3]

``serve --console`` and the exemplary presystem are processes of their own, and so are the viewers, which only read;
what is measured is the processor time of serve (Linux: it is read from /proc). Windows without and with viewers take
turns. The target: less than 20 % of one core more.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from console.serving import Bench, presystem, serving

TARGET = 0.20
EVENTS_PER_S = 500
"""A push and its confirmation are two."""

READER = """
import sys, urllib.request
request = urllib.request.Request(sys.argv[1] + "/feed?since=" + sys.argv[3], headers={"Authorization": "Bearer " + sys.argv[2]})
with urllib.request.urlopen(request) as answer:
    while answer.read1(65536):
        pass
"""  # noqa: E501


def cpu_s(process: int) -> float:
    """Processor time of a process so far, in seconds."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def end_of(bench: Bench) -> int:
    """Index of the next event."""
    request = urllib.request.Request(f"{bench.address}/health", headers={"Authorization": f"Bearer {bench.key}"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return int(json.loads(answer.read())["next_event"])


def window(bench: Bench, viewers: int, seconds: float) -> tuple[float, float]:
    """Share of a core that serve takes with so many viewers, and events a second."""
    begun = end_of(bench)
    readers = [
        subprocess.Popen([sys.executable, "-c", READER, bench.address, bench.key, str(begun)]) for _ in range(viewers)
    ]
    try:
        time.sleep(1.0)  # the readers' start is not what is measured
        first, cpu, at = end_of(bench), cpu_s(bench.process.pid), time.monotonic()
        time.sleep(seconds)
        took = time.monotonic() - at
        assert all(reader.poll() is None for reader in readers), "a viewer has left"
        return (cpu_s(bench.process.pid) - cpu) / took, (end_of(bench) - first) / took
    finally:
        for reader in readers:
            reader.kill()
            reader.wait()


def main() -> int:
    """Measure, tell, and answer whether the target is met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--viewers", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    interval = f"{2000 / EVENTS_PER_S:g} ms"
    with (
        tempfile.TemporaryDirectory() as folder, serving(Path(folder), "--push-interval", interval) as bench,
        presystem(bench),
    ):  # fmt: skip
        bench.ctl("wait", "answer", "--within", "20 s")
        measured = [(window(bench, 0, asked.seconds), window(bench, asked.viewers, asked.seconds))
                    for _ in range(asked.rounds)]  # fmt: skip
    more = statistics.median(watched[0] - alone[0] for alone, watched in measured)
    rate = statistics.median(one[1] for pair in measured for one in pair)
    for alone, watched in measured:
        told = f"without {alone[0]:6.1%}   with {asked.viewers} viewers {watched[0]:6.1%}   ({watched[1]:.0f} events/s)"
        sys.stdout.write(f"{told}\n")
    told = f"{asked.viewers} viewers at {rate:.0f} events/s cost {more:.1%} of a core more; target {TARGET:.0%}"
    sys.stdout.write(f"{told}\n")
    return 0 if more < TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
