"""What the pytest fixture costs a user: importing the plugin, a CMS per test, and two hundred of them.

    python tests/benchmarks/bench_fixture.py [--tests 200]

Set-up counts from before the fixtures of a test until a presystem's boot is accepted: TCP, TLS, upgrade and boot of a
blocking client are in it. Teardown closes the link that the test left open, ends the thread, and judges. A last run has
a client that hangs. Goals: import 5 ms, set-up 100 ms, teardown 50 ms, two hundred tests in 30 s.
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
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))

CONFTEST = """
    import json, time
    import pytest

    SETUP, TEARDOWN = [], []
    began = 0.0

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(item):
        global began
        began = time.perf_counter()
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(item):
        begun = time.perf_counter()
        try:
            return (yield)
        finally:
            TEARDOWN.append(time.perf_counter() - begun)

    @pytest.fixture
    def accepted():
        return lambda: SETUP.append(time.perf_counter() - began)

    def pytest_sessionfinish(session):
        session.config.rootpath.joinpath("measured.json").write_text(json.dumps([SETUP, TEARDOWN]))
"""
SOURCE = """
    import json, socket
    from base64 import b64encode

    import pytest
    from cms.raw_client import frame

    def connect(mockpilot):
        port = int(mockpilot.url.split(":")[2].split("/")[0])
        raw = socket.create_connection(("127.0.0.1", port))
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link = mockpilot.ssl_context().wrap_socket(raw, server_hostname="localhost")
        login = b64encode(f"{mockpilot.user}:{mockpilot.password}".encode()).decode()
        link.sendall((
            "GET /vdv463/Presystem1 HTTP/1.1\\r\\nHost: localhost\\r\\nUpgrade: websocket\\r\\n"
            "Connection: Upgrade\\r\\n"
            "Sec-WebSocket-Version: 13\\r\\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n"
            f"Sec-WebSocket-Protocol: v1.463.vdv.de\\r\\nAuthorization: Basic {login}\\r\\n\\r\\n"
        ).encode())
        assert b" 101 " in link.recv(4096)
        return link

    def boot(link):
        slots = [1, "BMS", "Presystem1", "2031-03-04T17:20:00Z", "00000000-0000-4000-8000-000000000001"]
        link.sendall(frame(json.dumps([*slots, "BootNotification", {"systemType": "BMS"}]).encode()))
        heard = b""
        while b"Accepted" not in heard:
            heard += link.recv(65536)

    @pytest.mark.mockpilot(judge=JUDGE)
    @pytest.mark.parametrize("number", range(COUNT))
    def test_boots(mockpilot, accepted, number):
        link = connect(mockpilot)
        boot(link)
        accepted()
        HANG
"""
HANG = "hung.append(link)  # neither read nor closed any more"
CLOSED = "link.close()"


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def measure_import() -> float:
    """Milliseconds that importing the plugin takes beside pytest; the least of several, since noise only adds."""
    code = ("import pytest, time; begun = time.perf_counter(); import mockpilot.testing.pytest_plugin; "
            "print(time.perf_counter() - begun)")  # fmt: skip
    took = [float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
            for _ in range(7)]  # fmt: skip
    return 1000 * min(took)


def measure_tests(count: int, *, hangs: bool) -> tuple[list[float], list[float], float]:
    """Set-up and teardown of each test in milliseconds, and seconds of the whole run."""
    from textwrap import dedent

    source = dedent(SOURCE).replace("COUNT", str(count)).replace("JUDGE", str(not hangs))
    source = source.replace("HANG", HANG if hangs else CLOSED) + "\nhung = []\n"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "conftest.py").write_text(dedent(CONFTEST))
        (folder / "test_many.py").write_text(source)
        words = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:xdist", "-p", "no:trio",
                 "-p", "no:cacheprovider", *([] if hangs else ["-W", "error"]), f"--rootdir={folder}", "."]  # fmt: skip
        begun = time.perf_counter()
        done = subprocess.run(words, cwd=folder, env=os.environ | {"PYTHONPATH": str(TESTS)}, check=False,
                              capture_output=True, encoding="utf-8")  # fmt: skip
        took = time.perf_counter() - begun
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)
        setup, teardown = json.loads((folder / "measured.json").read_text())
    return [1000 * one for one in setup], [1000 * one for one in teardown], took


def _shown(name: str, values: list[float], goal: float) -> str:
    first, rest = values[0], sorted(values[1:])
    high = rest[int(0.99 * len(rest))]
    return (f"{name:22} median {statistics.median(rest):6.1f} ms   p99 {high:6.1f} ms   first {first:6.1f} ms   "
            f"goal {goal:g} ms")  # fmt: skip


def main() -> None:
    """Measure and print beside the goals."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tests", type=int, default=200)
    count = parser.parse_args().tests
    _tell(f"{'import of the plugin':22} least  {measure_import():6.1f} ms   {'':37}goal 5 ms")
    for label, hangs, many in (("", False, count), (", product hangs", True, max(2, count // 10))):
        setup, teardown, took = measure_tests(many, hangs=hangs)
        _tell(_shown("set-up" + label, setup, 100))
        _tell(_shown("teardown" + label, teardown, 50))
        if not hangs:
            _tell(f"{f'{many} tests':22} {took:6.1f} s                                                   goal 30 s")


if __name__ == "__main__":
    main()
