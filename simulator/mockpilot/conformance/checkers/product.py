"""The product's process: whether it keeps running through what healthy networks and servers do.

Leaving before anything was reached, or after what may well end a program (a refused login, a bad certificate, a boot
that is not accepted), is no finding; nor is leaving by agreement with a supervisor.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockpilot.conformance.attempts import REFUSED_LOGIN
from mockpilot.conformance.case import Case
from mockpilot.conformance.conversation import Frame, Link
from mockpilot.conformance.levels import Level
from mockpilot.conformance.observation import Observation, held
from mockpilot.history.events import CloseReceived, ProductExited, ProductStarted, StateReached
from mockpilot.history.last_words import last_words

KEEPS_RUNNING = "product.keeps-running"

SWITCHING = 101
TURNED_AWAY = range(300, 500)
"""Statuses after which a stock loop may give up: redirects and what a client is blamed for."""
TRANSPORT = ("fragments", "split-utf8", "ping-between", "huge")
"""Ways to touch a message that every server may use."""

CONNECTED_STATES = ("booted", "exchange", "charging")


def check(case: Case) -> Iterator[Observation]:
    """Every end of the product that we did not bring about."""
    reached = next((event for event in case.of(StateReached) if event.state in CONNECTED_STATES), None)
    started = case.of(ProductStarted)
    crashes = [event for event in case.exits if is_crash(case, event)]
    for event in crashes:
        said = last_words(event.output)
        yield Observation(
            KEEPS_RUNNING, False, (event.index,), "a product that keeps running",
            f"it ended with {event.how}{f': {said}' if said else ''}",
            Level.SHOULD if _after_something_strange(case, event) else None,
        )  # fmt: skip
    if started and reached is not None and not case.exits:
        yield held(KEEPS_RUNNING, started[0].index, reached.index)


def is_crash(case: Case, exit_: ProductExited) -> bool:
    """Whether an end is held against the product."""
    reached = any(
        event.index < exit_.index and event.state in CONNECTED_STATES for event in case.of(StateReached)
    )
    if exit_.status == 0 or not reached:
        return False
    lost = _lost_link_before(case, exit_) or case.faults.pressed(exit_.index) or _after_something_strange(case, exit_)
    if case.presystem.supervised and lost:
        return False
    return not _had_cause_to_leave(case, exit_)


def _after_something_strange(case: Case, exit_: ProductExited) -> bool:
    """Whether it had met what no healthy server says: then it is asked for less."""
    before = [link for link in case.links if link.begun.index < exit_.index]
    turned_away = bool(before) and any(
        answer.fault is not None and (answer.status == SWITCHING or answer.status in TURNED_AWAY)
        for answer in before[-1].upgrade_answers
    )
    return turned_away or any(
        _is_strange(case, frame) for link in before for frame in link.sent if frame.index < exit_.index
    )


def _is_strange(case: Case, frame: Frame) -> bool:
    """Whether only a broken CMS sends such a message."""
    if frame.fault is None:
        return False
    match case.faults.verb(frame.fault):
        case "damage":
            return case.faults.how(frame.fault) not in TRANSPORT
        case "answer":
            return case.faults.kind(frame.fault).startswith("wrong")
        case "clock":
            armed = case.faults.armed_as(frame.fault)
            return armed is not None and "form" not in armed.how
        case verb:
            return verb == "inject"


def _lost_link_before(case: Case, exit_: ProductExited) -> bool:
    endings = [link.ending for link in case.links if link.ending is not None]
    left_at = exit_.at + case.limits["guard"]
    # Its own Close may be read after it has gone.
    return any(
        ending.index < exit_.index or (isinstance(ending, CloseReceived) and ending.at <= left_at) for ending in endings
    )


def _had_cause_to_leave(case: Case, exit_: ProductExited) -> bool:
    before = [link for link in case.links if link.begun.index < exit_.index]
    return bool(before) and _may_end_a_program(before[-1])


def _may_end_a_program(link: Link) -> bool:
    refused = any(answer.status in REFUSED_LOGIN for answer in link.upgrade_answers)
    unaccepted = link.opened is not None and link.accepted is None and bool(link.boot_answers() or link.withheld)
    return refused or link.bad_certificate or unaccepted
