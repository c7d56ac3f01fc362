"""Booting: the first message of every link, how soon it comes, and what it says of its sender.

What the product does until it is answered is the business of ``boot_patience``. Per link only the lowest rung counts
(precedence takes care): a product that never boots is not also convicted of sending lists too early.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockpilot.conformance.case import Case
from mockpilot.conformance.conversation import KINDS, Frame, Link
from mockpilot.conformance.levels import Basis, Level
from mockpilot.conformance.observation import Observation, held, undecided
from mockpilot.durations import format_duration
from mockpilot.protocol.envelope import Action, MessageType, Trouble
from mockpilot.protocol.schema import violations

COMES_FIRST = "boot.comes-first"
COMES_PROMPTLY = "boot.comes-promptly"
COMES = "boot.comes"
PAYLOAD = "boot.payload"
ON_EVERY_LINK = "boot.on-every-link"
SOURCE = "boot.source"


def check(case: Case) -> Iterator[Observation]:
    """Every link's beginning."""
    for link in case.clean_links:
        yield from _first(case, link)
        yield from _payload(case, link)
    yield from _source(case)


def _first(case: Case, link: Link) -> Iterator[Observation]:
    assert link.opened is not None
    again = any(earlier.accepted and case.began_with_boot(earlier) for earlier in case.earlier_links(link))
    frame = link.received[0] if link.received else None
    if frame is None:
        yield from _nothing_came(case, link, again)
        return
    if frame.envelope is None or link.is_late(frame):
        return
    rule = ON_EVERY_LINK if again else COMES_FIRST
    if frame.is_a(MessageType.REQUEST, Action.BOOT_NOTIFICATION):
        yield held(rule, frame.index, link=link.number)
        yield held(COMES, frame.index, link=link.number)
        yield from _promptly(case, link, frame)
    elif not any(sent.index < frame.index for sent in link.sent):
        yield Observation(
            rule, False, (link.opened.index, frame.index), "a BootNotification as the first message of the link",
            f"{frame.envelope.action} of type {frame.envelope.message_type:d} came first", link=link.number,
        )  # fmt: skip


def _nothing_came(case: Case, link: Link, again: bool) -> Iterator[Observation]:
    assert link.opened is not None
    never = case.limits["boot_never"]
    ran_out = case.waiting.ran_out(link.opened.at, never, link.ending.at if link.ending else None)
    if ran_out is None:
        yield undecided(COMES, link.opened.index, why="our own stalls hide whether it came", link=link.number)
    if ran_out and case.ran_until(link.opened.at, link.opened.at + never):
        yield Observation(
            ON_EVERY_LINK if again else COMES, False, (link.opened.index,),
            f"a BootNotification within {format_duration(never)}", "nothing came on an open link",
            basis=Basis.POLICY, cause="never", link=link.number,
        )  # fmt: skip


def _promptly(case: Case, link: Link, boot: Frame) -> Iterator[Observation]:
    assert link.opened is not None
    within = case.limits["boot_within"]
    if boot.at <= case.waiting.deadline(link.opened.at, within):
        yield held(COMES_PROMPTLY, boot.index, link=link.number)
    elif case.waiting.clouded(link.opened.at, boot.at):
        yield undecided(COMES_PROMPTLY, boot.index, why="our own stalls hide when it came", link=link.number)
    else:
        yield Observation(
            COMES_PROMPTLY, False, (link.opened.index, boot.index),
            f"a BootNotification within {format_duration(within)} of the upgrade",
            f"it came after {format_duration(boot.at - link.opened.at)}", link=link.number,
        )  # fmt: skip


def _payload(case: Case, link: Link) -> Iterator[Observation]:
    basis = Basis.GUIDELINE if case.dialect.guideline_only else None
    for boot in link.boots:
        assert boot.envelope is not None
        if any(defect.trouble is Trouble.PAYLOAD for defect in boot.reading.defects):
            continue
        payload = boot.envelope.payload
        if case.dialect.guideline_only and _says_it_twice(payload):
            yield Observation(
                PAYLOAD, False, (boot.index,), "one of the keys presystem and systemType", "both, with one value",
                Level.SHOULD, basis, cause="both keys", link=link.number,
                perhaps="both are written to suit every reader; one of them is enough",
            )  # fmt: skip
            continue
        found = violations(payload, case.dialect, Action.BOOT_NOTIFICATION, MessageType.REQUEST)
        if found:
            yield Observation(
                PAYLOAD, False, (boot.index,), f"a boot payload of {case.dialect.title}",
                "; ".join(f"{violation.path} {violation.problem}" for violation in found), basis=basis,
                link=link.number,
            )  # fmt: skip
        else:
            yield held(PAYLOAD, boot.index, link=link.number)


def _says_it_twice(payload: dict[str, object]) -> bool:
    return payload.keys() == {"presystem", "systemType"} and payload["presystem"] == payload["systemType"] in KINDS


def _source(case: Case) -> Iterator[Observation]:
    """Once per scenario; where the standard alone speaks, the slot is a free string."""
    level = None if case.dialect.sources else Level.MAY
    seen: Observation | None = None
    for link in case.clean_links:
        declared = link.kind
        for frame in link.received[1:] if declared else ():
            source = frame.envelope.source if frame.envelope is not None else None
            if source is None:
                continue
            if source != declared or source not in (case.dialect.sources or KINDS):
                yield Observation(
                    SOURCE, False, (link.boots[0].index, frame.index), f"{declared}, as in the boot", source or "''",
                    level, link=link.number,
                )  # fmt: skip
                return
            seen = seen or held(SOURCE, link.boots[0].index, frame.index, link=link.number)
    if seen is not None:
        yield seen
