"""Boots whose confirmation went astray, and boots that nobody asked for."""

from __future__ import annotations

from collections.abc import Iterator

from mockpilot.conformance.case import Case
from mockpilot.conformance.conversation import Frame, Link
from mockpilot.conformance.observation import Observation, held
from mockpilot.conformance.rates import MINUTE_S, shows_calm
from mockpilot.durations import format_duration
from mockpilot.protocol.envelope import Action, same_id

IGNORES_FOREIGN = "boot.ignores-foreign-confirmation"
NO_STORM = "boot.no-storm"

STORM = 3
"""Boots a minute on an accepted link that are no storm yet; none is forbidden anywhere."""


def check(case: Case) -> Iterator[Observation]:
    """Every link that was open."""
    for link in case.clean_links:
        yield from _foreign(case, link)
        yield from _storm(case, link)


def _foreign(case: Case, link: Link) -> Iterator[Observation]:
    """A list shows that a confirmation under a foreign id was taken for the boot's; an answered push shows nothing."""
    foreign = next((answer for answer in link.boot_answers() if _has_foreign_id(answer, link)), None)
    if foreign is None or (link.accepted is not None and link.accepted.index < foreign.index):
        return
    probe = next((push for push in link.pushes_handed() if push.index > foreign.index), None)
    until = link.accepted.index if link.accepted is not None else len(case.history)
    lists = [f for f in link.requests(Action.PROVIDE_CHARGING_REQUESTS) if foreign.index < f.index < until]
    if lists:
        yield Observation(
            IGNORES_FOREIGN, False, (foreign.index, *(frame.index for frame in lists)),
            "no list until the boot itself was confirmed", "a list came after a confirmation with a foreign id",
            link=link.number,
        )  # fmt: skip
    elif probe is not None and probe.index < until and _kept_quiet(case, link, probe):
        yield held(IGNORES_FOREIGN, foreign.index, probe.index, link=link.number)


def _has_foreign_id(answer: Frame, link: Link) -> bool:
    said = answer.envelope
    asked = [boot.envelope for boot in link.boots if boot.index < answer.index and boot.envelope is not None]
    return said is not None and bool(asked) and not any(same_id(said.message_id, boot.message_id) for boot in asked)


def _kept_quiet(case: Case, link: Link, probe: Frame) -> bool:
    """Whether it waited longer than a frame is under way, and had something to send: a list came afterwards."""
    ends = [case.ends_at, *(end.at for end in (link.ending, link.accepted) if end is not None)]
    return min(ends) > case.delivery.known_at(link, probe.at) and any(read.index > probe.index for read in case.lists)


def _storm(case: Case, link: Link) -> Iterator[Observation]:
    accepted = link.accepted
    if accepted is None:
        return
    known_at = case.delivery.known_at(link, accepted.at)
    boots = [boot for boot in link.boots if boot.at > known_at]
    for place in range(len(boots) - STORM):
        first, last = boots[place], boots[place + STORM]
        if last.at - first.at <= MINUTE_S and not case.waiting.piled_up(first.at, last.at):
            yield Observation(
                NO_STORM, False, (accepted.index, *(boot.index for boot in boots[place:])),
                f"at most {STORM} boots a minute on a link that was accepted",
                f"{STORM + 1} boots in {format_duration(last.at - first.at)}", link=link.number,
            )  # fmt: skip
            return
    end = link.ending.at if link.ending is not None else case.ends_at
    if shows_calm(len(boots), end - known_at, STORM):
        yield held(NO_STORM, accepted.index, link=link.number)
