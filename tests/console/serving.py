"""``serve --console`` as a process of its own, for whoever drives it from outside."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from running import DEMO, EXEMPLARY, OUTER_S, environment, mockpilot, wait_until


@dataclass
class Bench:
    """A running console, and what a presystem of it needs."""

    folder: Path
    link: str
    read_only_link: str
    presystem: dict[str, str]
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        """Without the key."""
        return self.link.partition("/?")[0]

    @property
    def key(self) -> str:
        """The full one."""
        return self.link.partition("key=")[2]

    @property
    def environment(self) -> dict[str, str]:
        """Where ctl finds it."""
        return {"XDG_RUNTIME_DIR": str(self.folder)}

    def ctl(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run ``mockpilot ctl``."""
        return mockpilot("ctl", *words, **self.environment)

    def told(self, *words: str) -> Any:
        """What ctl answers in JSON."""
        done = self.ctl(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def get(self, path: str) -> Any:
        """What a route answers."""
        request = urllib.request.Request(f"{self.address}{path}", headers={"Authorization": f"Bearer {self.key}"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read())


@contextmanager
def serving(folder: Path, *words: str, runtime: Path | None = None, **more: str) -> Iterator[Bench]:
    """Serve with a console until the block ends; quick limits and pushes."""
    out = folder / "serve.out"
    with out.open("wb") as file:
        process = subprocess.Popen(
            ["mockpilot", "serve", "--console", "--profile", str(_alone(folder)), "--listen", "127.0.0.1:0",
             "--out", str(folder / "runs"), *words],
            env=environment(PYTHONUNBUFFERED="1", XDG_RUNTIME_DIR=str(runtime or folder), **more),
            stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        wait_until(lambda: b"to look" in out.read_bytes() or process.poll() is not None)
        said = out.read_text()
        assert process.poll() is None, said
        yield Bench(runtime or folder, _after("console", said), _after("to look", said), _presystem(said), process)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        finally:
            process.kill()
            process.wait(OUTER_S)


def _alone(folder: Path) -> Path:
    """The demo's profile for a presystem that mockpilot has not started, so that it writes it no steps."""
    file, of_demo = folder / "alone.toml", DEMO.read_text(encoding="utf-8")
    kept = of_demo.replace("[provoke]\nstdin = true\n", "")
    assert kept != of_demo
    file.write_text(kept, encoding="utf-8")
    return file


def _after(word: str, said: str) -> str:
    found = re.search(rf"^{word} +(\S+)$", said, re.MULTILINE)
    assert found, said
    return found[1]


def _presystem(said: str) -> dict[str, str]:
    login = re.search(r"user (.+), password (.+)$", said, re.MULTILINE)
    ca_file = re.search(r"^give this +(.+) to the product", said, re.MULTILINE)
    assert login, said
    assert ca_file, said
    return {"MOCKPILOT_URL": _after("listening", said), "MOCKPILOT_USER": login[1], "MOCKPILOT_PASSWORD": login[2],
            "MOCKPILOT_CA_FILE": ca_file[1]}  # fmt: skip


@contextmanager
def presystem(bench: Bench, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """The exemplary presystem, connecting to that CMS until the block ends; steps can be written to it."""
    process = subprocess.Popen(
        [*EXEMPLARY, *words], env=environment(**bench.presystem), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()
