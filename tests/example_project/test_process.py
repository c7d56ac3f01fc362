"""The depot app as a process, in whatever language: it is told where the CMS is by its environment."""

from __future__ import annotations

import subprocess

from mockpilot.testing import Cms


def plan(process: subprocess.Popen[str], line: str) -> None:
    """Tell the app what people plan."""
    assert process.stdin is not None
    process.stdin.write(line)
    process.stdin.flush()


def test_comes_back_after_a_reset(mockpilot: Cms, process: subprocess.Popen[str]) -> None:
    """A lost link is made anew, and begins as every link does, whatever was planned meanwhile."""
    mockpilot.wait_exchange()
    mockpilot.drop(how="reset")
    plan(process, "4712 06:10 90\n")
    mockpilot.wait_exchange(within=5)


def test_tells_the_plan(mockpilot: Cms, process: subprocess.Popen[str]) -> None:
    """What people plan is what the CMS gets."""
    plan(process, "4711 05:40 80\n")
    assert mockpilot.depot.requests.vehicle("4711").min_target_soc == 80
