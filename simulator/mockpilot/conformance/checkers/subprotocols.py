"""The WebSocket subprotocol: what is offered, what is made of one that was not, and of none at all."""

from __future__ import annotations

from collections.abc import Iterator

from mockpilot.conformance.attempts import Attempt, hammers, runs_of, shows_pace, told
from mockpilot.conformance.case import Case
from mockpilot.conformance.conversation import Link
from mockpilot.conformance.levels import Level
from mockpilot.conformance.observation import Observation, held, undecided
from mockpilot.counts import counted
from mockpilot.durations import format_duration
from mockpilot.history.events import CloseReceived, FaultArmed, UpgradeRequested

OFFERS = "handshake.offers-subprotocol"
REFUSES_ALIEN = "handshake.refuses-alien-subprotocol"
SLOWS_WITHOUT = "handshake.slows-without-subprotocol"


def check(case: Case) -> Iterator[Observation]:
    """Every offer, and every answer to one."""
    yield from _offer(case)
    for link in case.links:
        yield from _alien(link)
    yield from _pace(case)


def _offer(case: Case) -> Iterator[Observation]:
    """Once per scenario: what a product offers does not change from link to link."""
    for link in case.links:
        for upgrade in link.upgrades:
            offered = _offered(upgrade)
            if any(name in offered for name in case.dialect.subprotocols):
                yield held(OFFERS, upgrade.index, link=link.number)
            else:
                yield Observation(
                    OFFERS, False, (upgrade.index,),
                    "Sec-WebSocket-Protocol with " + " or ".join(case.dialect.subprotocols),
                    ", ".join(offered) if offered else "no subprotocol offered",
                    level=Level.MAY if case.dialect.guideline_only else None, link=link.number,
                )  # fmt: skip
            return


def _offered(upgrade: UpgradeRequested) -> list[str]:
    values = [value for name, value in upgrade.headers if name.lower() == "sec-websocket-protocol"]
    return [token.strip() for value in values for token in value.split(",") if token.strip()]


# -- one that was not offered --------------------------------------------------------------------------------------


def _alien(link: Link) -> Iterator[Observation]:
    """A Close, an end and a reset are all right; doing nothing decides nothing."""
    opened = link.opened
    if opened is None or opened.subprotocol is None or opened.subprotocol in _all_offered(link):
        return
    if link.received:
        yield Observation(
            REFUSES_ALIEN, False, (opened.index, *(frame.index for frame in link.received)),
            f"the connection failed, for {opened.subprotocol} was not offered", "messages were sent", link=link.number,
        )  # fmt: skip
        return
    left = link.ended is not None and link.ended.by == "product"
    if left or isinstance(link.ending, CloseReceived):
        assert link.ending is not None
        yield held(REFUSES_ALIEN, opened.index, link.ending.index, link=link.number)
    else:
        yield undecided(REFUSES_ALIEN, opened.index, why="it sent nothing and did not leave either", link=link.number)


def _all_offered(link: Link) -> list[str]:
    return [token for upgrade in link.upgrades for token in _offered(upgrade)]


# -- none at all ---------------------------------------------------------------------------------------------------


def _went_without(attempt: Attempt) -> bool:
    """Whether a fault opened it without a subprotocol, to close it again."""
    answers = [link.opened for link in attempt.links if link.opened is not None]
    return any(answer.fault is not None and answer.subprotocol is None for answer in answers)


def _none_to_miss(case: Case) -> Iterator[Observation]:
    """Who offers none cannot miss one: no run will ever show more."""
    refuses = [fault for fault in case.of(FaultArmed) if (fault.do, fault.how.get("how")) == ("refuse", "subprotocol")]
    upgrades = [upgrade for link in case.links for upgrade in link.upgrades]
    if refuses and upgrades and not any(_offered(upgrade) for upgrade in upgrades):
        yield undecided(
            SLOWS_WITHOUT, refuses[0].index,
            why="no subprotocol was offered, so none can be missing; for such a product the profile says "
                "[presystem] offers_subprotocol = false",
        )  # fmt: skip


def _pace(case: Case) -> Iterator[Observation]:
    """No growth is asked for, only that it does not hammer."""
    yield from _none_to_miss(case)
    floor = case.limits["retry_floor"]
    for run in runs_of(case.attempts, _went_without):
        shown = tuple(attempt.index for attempt in run)
        if hammers(run, floor, case.waiting):
            yield Observation(
                SLOWS_WITHOUT, False, shown, f"at least {format_duration(floor)} between attempts",
                told(run),
            )  # fmt: skip
        elif shows_pace(run, _watched_s(case, run), case.limits["spacing_observe"], floor):
            yield held(SLOWS_WITHOUT, *shown)
        else:
            why = f"{counted(len(run), 'attempt')} without a subprotocol: no pace shows"
            yield undecided(SLOWS_WITHOUT, *shown, why=why)


def _watched_s(case: Case, run: list[Attempt]) -> float:
    after = next((attempt for attempt in case.attempts if attempt.index > run[-1].index), None)
    return (after.at if after is not None else case.ends_at) - run[0].at
