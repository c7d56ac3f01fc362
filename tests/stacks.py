"""Which presystems there are on stacks of their own, what they need, and how they are started."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from running import DEMO, INDEPENDENT, Certified, certify

WS = INDEPENDENT / "node" / "node_modules" / "ws"
JVM = ("java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
LISTENS_ONLY = (('kind = "BMS"', 'kind = "ITCS"\nsends_requests = false'), ("[provoke]\nstdin = true\n", ""))
"""What a profile says of a presystem that never asks for charging."""
OFFERS_NO_SUBPROTOCOL = ('kind = "BMS"', 'kind = "BMS"\noffers_subprotocol = false')
"""What it says of one that names none in its upgrade requests."""


@dataclass(frozen=True)
class Stack:
    """A presystem on a stack of its own."""

    command: tuple[str, ...]
    profile: tuple[tuple[str, str], ...] = ()
    """What its profile says otherwise than the demo's."""

    def certify(self, out: Path, *words: str, before: tuple[str, ...] = (), command: tuple[str, ...] = (),
                **more: str) -> Certified:  # fmt: skip
        """Certify it with quick limits.

        Args:
            out: receives run folders and the profile.
            words: of the command line.
            before: put before its command, such as a program that starts it.
            command: added to its command.
            more: environment variables.
        """
        profile = out / "stack.toml"
        text = DEMO.read_text(encoding="utf-8")
        for old, new in self.profile:
            assert old in text
            text = text.replace(old, new)
        profile.write_text(text, encoding="utf-8")
        return certify(out / "runs", *words, command=(*before, *self.command, *command), profile=profile, **more)


def need(tool: str, there: bool, advice: str) -> None:
    """Skip the test where a tool is missing; where everything has to be tested, fail."""
    if not there:
        (pytest.fail if os.environ.get("MOCKPILOT_TEST_ALL") else pytest.skip)(f"{tool} is missing: {advice}")


def on_python(library: str) -> Stack:
    """A presystem on a library that the development environment holds."""
    return Stack((sys.executable, str(INDEPENDENT / f"{library}_presystem.py")),
                 (OFFERS_NO_SUBPROTOCOL,) if library == "aiohttp" else ())


def on_node() -> Stack:
    """The presystem on ``ws``."""
    need("ws for Node", shutil.which("node") is not None and WS.is_dir(),
         "install Node, then 'npm install --no-package-lock' in tests/independent/node")  # fmt: skip
    return Stack(("node", str(INDEPENDENT / "node" / "presystem.js")))


def on_java(classes: Path) -> Stack:
    """The presystem on the JDK, compiled into that folder: ``java Presystem.java`` does so at each start."""
    need("a JDK", shutil.which("javac") is not None, "install version 17 or newer")
    source = str(INDEPENDENT / "java" / "Presystem.java")
    subprocess.run(["javac", "-Xlint:all", "-Werror", "-d", str(classes), source], check=True, timeout=120)
    return Stack((*JVM, "-cp", str(classes), "Presystem"), LISTENS_ONLY)
