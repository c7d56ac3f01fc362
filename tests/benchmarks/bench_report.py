"""How big a big report is, how long it takes to make, and how long Chromium takes to open it.

    python tests/benchmarks/bench_report.py [--scenarios 80] [--frames 50000] [--keep FILE]

Opening is from the request to the load event, with all of the page laid out, headless, the best of three; without
Chromium that line is missing. Targets: under 5 MB, opened in about 2 s.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))

from browser.chromium import chromium, resize  # noqa: E402
from made_big_run import big_run  # noqa: E402
from mockpilot.report.html import render_html  # noqa: E402

MOST_BYTES, ABOUT_S = 5_000_000, 2.0


def opened_s(page: Path) -> float:
    """Seconds until the page is loaded and laid out."""
    times = []
    with chromium() as driver:
        resize(driver, 1280)
        for _ in range(3):
            driver.get("about:blank")
            begun = time.perf_counter()
            driver.get(page.resolve().as_uri())
            driver.execute_script("return document.documentElement.scrollHeight")
            times.append(time.perf_counter() - begun)
    return min(times)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--scenarios", type=int, default=80)
    parser.add_argument("--frames", type=int, default=50_000)
    parser.add_argument("--keep", type=Path, help="leave the page there")
    options = parser.parse_args()
    result, histories = big_run(options.scenarios, options.frames)
    begun = time.perf_counter()
    text = render_html(result, histories)
    took = time.perf_counter() - begun
    size = len(text.encode())
    events = sum(map(len, histories.values()))
    _tell(f"{options.scenarios} scenarios, {options.frames} frames, {events} events")
    _tell(f"size    {size / 1e6:6.2f} MB    under {MOST_BYTES / 1e6:.0f} MB: {'yes' if size < MOST_BYTES else 'NO'}")
    _tell(f"made    {took:6.1f} s")
    with tempfile.TemporaryDirectory() as folder:
        page = options.keep or Path(folder) / "report.html"
        page.write_text(text, encoding="utf-8")
        try:
            _tell(f"opened  {opened_s(page):6.2f} s     about {ABOUT_S:.0f} s wanted")
        except pytest.skip.Exception as missing:
            _tell(f"opened       –      {missing}")


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
