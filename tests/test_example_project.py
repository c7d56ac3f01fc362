"""Another project's tests, run as that project runs them: they pass, and each finds the bug that is planted for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from running import OUTER_S, environment

PROJECT = Path(__file__).parent / "example_project"


def run(*options: str) -> subprocess.CompletedProcess[str]:
    """Run the project's tests, warnings as errors, in any order."""
    words = [sys.executable, "-m", "pytest", "-p", "no:trio", "-p", "no:schemathesis", *options]
    told = {name: value for name, value in environment().items() if name not in ("PYTEST_ADDOPTS", "CI")}
    return subprocess.run(
        words, cwd=PROJECT, env=told | {"COLUMNS": "200"}, capture_output=True, encoding="utf-8", timeout=OUTER_S,
        check=False,
    )  # fmt: skip


def test_its_tests_pass() -> None:
    """Asyncio tasks, a thread, a process and a parser; the examples of the documentation among them."""
    done = run()
    assert done.returncode == 0, done.stdout
    assert "13 passed" in done.stdout


@pytest.mark.parametrize(("bug", "test", "told"), [
    ("answers-with-new-ids", "test_asyncio.py::test_boots_and_confirms", "✗ I-02 An answer must repeat message id"),
    ("forgets-unconfirmed", "test_threaded.py::test_lost_confirmation_is_repaired",
     "ProvideChargingRequests, number 2 of 2: nothing of that kind came within 5 s of real time"),
    ("needs-a-depot", "test_parsing.py::test_every_push_can_be_read", "payload={'depotInfoList': []}"),
    ("boots-once", "test_process.py::test_comes_back_after_a_reset", "✗ B-08 The presystem must boot anew"),
], ids=["asyncio", "thread", "parser", "process"])  # fmt: skip
def test_planted_bug_is_found(bug: str, test: str, told: str) -> None:
    """By the test that is there for it, in words that say what is wrong."""
    done = run(test, "--bug", bug)
    assert done.returncode == 1, done.stdout
    assert told in done.stdout
    assert os.fspath(PROJECT) not in done.stderr
