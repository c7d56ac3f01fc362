"""Runs mockpilot as a process of its own, as its users do, and reads what it leaves behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "scenarios" / "profiles" / "demo.toml"
INDEPENDENT = ROOT / "tests" / "independent"
EXEMPLARY = ("mockpilot", "presystem", "--quick")
OUTER_S = 150
"""Far beyond what anything here takes: a test that reaches it hangs."""


def environment(**more: str) -> dict[str, str]:
    """Our own without ``MOCKPILOT_*``, and the installed commands first on the path."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MOCKPILOT_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
    return kept | {"PATH": path, "PYTHONIOENCODING": "utf-8"} | more


def mockpilot(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end.

    Args:
        words: of the command line.
        more: environment variables.
    """
    return subprocess.run(
        ["mockpilot", *words], env=environment(**more), stdin=subprocess.DEVNULL, capture_output=True,
        encoding="utf-8", timeout=OUTER_S, check=False,
    )  # fmt: skip


@dataclass(frozen=True)
class Certified:
    """A run of ``certify`` that has ended."""

    status: int
    stdout: str
    stderr: str
    folder: Path

    @property
    def result(self) -> Any:
        """``result.json``."""
        return json.loads((self.folder / "result.json").read_bytes())

    @property
    def outcomes(self) -> dict[str, str]:
        """Outcome of each selected scenario."""
        return {one["name"]: one["outcome"] for one in self.result["scenarios"] if one["outcome"] != "not_selected"}

    def scenario(self, name: str) -> Any:
        """One scenario of the result."""
        return next(one for one in self.result["scenarios"] if one["name"] == name)

    def trace(self, name: str) -> list[Any]:
        """The events of a scenario."""
        return events(self.folder / "traces" / f"{name}.jsonl")


def certify(out: Path, *words: str, command: Sequence[str] = EXEMPLARY, profile: Path = DEMO, **more: str) -> Certified:
    """Certify a product with short limits."""
    behind = ["--", *command] if command else []
    done = mockpilot("certify", *words, "--profile", str(profile), "--out", str(out), *behind, **more)
    return Certified(done.returncode, done.stdout, done.stderr, out / "latest")


def events(trace: Path) -> list[Any]:
    """The events of a trace, as far as they are written."""
    if not trace.is_file():
        return []
    return [json.loads(line) for line in trace.read_bytes().split(b"\n")[:-1]]


def wait_until(holds: Callable[[], bool], within_s: float = 60) -> None:
    """Wait for something that another process does."""
    end = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)
