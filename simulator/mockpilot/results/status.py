"""What a run says to the shell that started it."""

from __future__ import annotations

from mockpilot.conformance.levels import Outcome
from mockpilot.results.records import RunResult

PASSED, FAILED, INCONCLUSIVE, NOTHING, INTERRUPTED, TERMINATED = 0, 1, 2, 4, 130, 143
"""3 is left to set-up that cannot work: then there is no result."""


def exit_status(
    result: RunResult,
    *,
    strict: bool = False,
    nobody_connected: bool = False,
    interrupted: bool = False,
    terminated: bool = False,
) -> int:
    """Fold a run into an exit status; the first that applies counts.

    Args:
        result: of the run.
        strict: warnings count as failures; the recorded outcome stays.
        nobody_connected: there was no TCP connection in the whole run.
        interrupted: by the keyboard.
        terminated: by SIGTERM.
    """
    if interrupted or terminated:
        return INTERRUPTED if interrupted else TERMINATED
    if nobody_connected or not any(scenario.selected for scenario in result.scenarios):
        return NOTHING
    if result.outcome == Outcome.FAILED or (strict and result.counts["warned"]):
        return FAILED
    return INCONCLUSIVE if result.outcome == Outcome.INCONCLUSIVE else PASSED
