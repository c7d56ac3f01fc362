"""What must not get a product stuck: late, second and refusing answers, malformed messages, a push that came early.

A product is stuck if it answers no push any more and does not come back, neither by itself nor after we ended the link.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockpilot.conformance.attempts import hammers, told
from mockpilot.conformance.case import Case
from mockpilot.conformance.conversation import Frame, Link
from mockpilot.conformance.levels import Level
from mockpilot.conformance.observation import Observation
from mockpilot.conformance.pushed import payload_of
from mockpilot.conformance.stuck import Upset, survived
from mockpilot.durations import format_duration
from mockpilot.protocol.envelope import Action, MessageType

SURVIVES_LATE = "link.survives-late-confirmation"
SURVIVES_SECOND = "link.survives-second-confirmation"
SURVIVES_ERROR = "requests.survives-error-answer"
SURVIVES_MALFORMED = "link.survives-malformed-messages"
SURVIVES_EARLY_PUSH = "boot.survives-early-push"

HARMLESS_DAMAGE = ("fragments", "split-utf8", "ping-between", "huge", "extra-field", "unknown-value", "absurd")
"""Ways to touch a message that leave one which can be read; other rules ask what becomes of those."""


def check(case: Case) -> Iterator[Observation]:
    """Every message of ours that may upset a reader."""
    for link in case.clean_links:
        for sent in link.sent:
            upset = _upset_by(case, link, sent) if not link.is_late(sent) else None
            if upset is not None:
                yield from survived(case, upset)
        yield from _early_push(case, link)
    yield from _tight_loop(case)


def _upset_by(case: Case, link: Link, sent: Frame) -> Upset | None:
    verb = case.faults.verb(sent.fault)
    if verb in ("damage", "inject") and _is_malformed(case, sent):
        return Upset(SURVIVES_MALFORMED, link, sent.index, sent.at, "a malformed message")
    if not sent.is_answer or _action(sent) is not Action.PROVIDE_CHARGING_REQUESTS:
        return None
    if verb == "delay":
        return Upset(SURVIVES_LATE, link, sent.index, sent.at, "a late confirmation")
    if verb == "repeat":
        return Upset(SURVIVES_SECOND, link, sent.index, sent.at, "a second confirmation")
    if verb == "answer" and sent.is_a(MessageType.ERROR, Action.PROVIDE_CHARGING_REQUESTS):
        own = _in_own_form(case, sent)
        what = "an error answer" if own else "an error answer in another form than the dialect's"
        level = None if own else Level.SHOULD
        return Upset(SURVIVES_ERROR, link, sent.index, sent.at, what, level, "" if own else "other form")
    return None


def _action(sent: Frame) -> Action | None:
    return sent.envelope.action if sent.envelope is not None else None


def _is_malformed(case: Case, sent: Frame) -> bool:
    """Whether it cannot be read; an answer that nobody asked for can be, and is another matter."""
    if case.faults.verb(sent.fault) == "damage":
        return case.faults.how(sent.fault) not in HARMLESS_DAMAGE
    return sent.envelope is None


def _in_own_form(case: Case, sent: Frame) -> bool:
    payload = payload_of(sent)
    key = case.dialect.error_key
    return isinstance(payload, dict) and payload.keys() == {key} and isinstance(payload[key], str)


def _early_push(case: Case, link: Link) -> Iterator[Observation]:
    """A push that overtook the confirmation: whatever was done with it, later ones have to be answered."""
    accepted = link.accepted
    if accepted is None:
        return
    early = next((push for push in link.pushes_handed() if push.index < accepted.index), None)
    booted = any(boot.index < early.index for boot in link.boots) if early is not None else False
    if early is not None and booted:
        yield from survived(case, Upset(
            SURVIVES_EARLY_PUSH, link, accepted.index, accepted.at, "one that overtook the boot's confirmation",
        ))  # fmt: skip


def _tight_loop(case: Case) -> Iterator[Observation]:
    """Ending the link over a malformed message and coming back is right, but not without a pause, ever again."""
    malformed = [
        sent for link in case.clean_links for sent in link.sent
        if case.faults.verb(sent.fault) in ("damage", "inject") and _is_malformed(case, sent)
    ]  # fmt: skip
    if not malformed:
        return
    later = [attempt for attempt in case.attempts if attempt.index > malformed[0].index]
    if hammers(later, case.limits["retry_floor"], case.waiting):
        yield Observation(
            SURVIVES_MALFORMED, False, (malformed[0].index, *(attempt.index for attempt in later)),
            f"at least {format_duration(case.limits['retry_floor'])} between attempts",
            told(later), cause="tight loop",
            perhaps="the link is ended over a bad message and opened again at once; pause before the next attempt",
        )  # fmt: skip
