"""Faults as reports tell of them."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from mockpilot.report.fault_words import armed_words, fault_words
from mockpilot.results import FaultResult


def test_a_fault_that_never_fired_says_so() -> None:
    """And a fault without a name of its own is called by its verb."""
    fault = FaultResult(name="lose", do="lose", armed_s=1.0, fired_s=None, seen=False)
    assert fault_words(fault) == "lose · armed 1.0 s · never fired · seen: no"


def test_a_fault_that_cannot_be_seen_says_so() -> None:
    """Once it has fired, and as long as nothing stands for it."""
    silent = FaultResult(name="drop", do="drop", armed_s=1.0, fired_s=2.0, seen=False, how={"how": "silence"})
    assert fault_words(silent) == (
        "drop silence · armed 1.0 s · fired 2.0 s · "
        "cannot be seen: whatever happens on a silent link; the next connection stands for it"
    )
    assert fault_words(replace(silent, seen=True)).endswith(" · seen: yes")
    assert fault_words(replace(silent, fired_s=None)).endswith(" · never fired · seen: no")
    assert fault_words(replace(silent, how={"how": "reset"})).endswith(" · seen: no")


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({}, ""),
        ({"type": 2, "action": "ProvideChargingRequests", "nth": [1, 2], "applied": False},
         "confirmation of ProvideChargingRequests #1 #2"),
        ({"action": "BootNotification", "kind": "rejected"}, "BootNotification rejected"),
        ({"how": "close", "code": 1012}, "close 1012"),
        ({"how": "silence", "code": 1001}, "silence"),
        ({"how": "http", "status": 503, "attempts": 3}, "http 503 attempts 3"),
        ({"type": 1, "by_s": 2.0}, "request by 2 s"),
    ],
)  # fmt: skip
def test_a_faults_parameters_are_told_as_people_say_them(how: dict[str, object], words: str) -> None:
    """Also those of a verb that nobody here knows yet."""
    assert armed_words(how) == words
