"""What a push costs: a thousand busy points put into words and encoded, per dialect.

    python tests/benchmarks/bench_view.py [--points 1000] [--rounds 200]

All numbers of all points change between two pushes; the first push, which finds no words ready, is shown apart.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))

from depot.made import NOW, crowded, let_flow  # noqa: E402
from mockpilot.depot.view import View  # noqa: E402
from mockpilot.protocol.vocabulary import DIALECTS, Dialect  # noqa: E402


def main() -> int:
    """Measure every dialect."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args()
    for dialect in DIALECTS.values():
        print(measure(dialect, options.points, options.rounds))  # noqa: T201 - that is what it is for
    return 0


def measure(dialect: Dialect, points: int, rounds: int) -> str:
    """One line about one dialect."""
    now, view = crowded(points), View(dialect, NOW)
    spent = []
    for _ in range(rounds + 1):
        let_flow(now)
        begun = time.process_time()
        encoded = view.information(now)
        spent.append((time.process_time() - begun) * 1000)
    first, *others = spent
    return (f"{dialect.name:<12} {len(encoded) / 1000:6.0f} kB   first {first:6.1f} ms   "
            f"then {statistics.median(others):5.2f} ms, at best {min(others):5.2f} ms")  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
