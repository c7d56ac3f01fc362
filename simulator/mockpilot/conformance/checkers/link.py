"""Losing the link: coming back, waiting longer and longer, noticing silence."""

from __future__ import annotations

from collections.abc import Iterator

from mockpilot.conformance.attempts import Attempt, gaps_between, grows, hammers, told
from mockpilot.conformance.case import Case
from mockpilot.conformance.conversation import Link
from mockpilot.conformance.levels import Level
from mockpilot.conformance.observation import Observation, held, undecided
from mockpilot.conformance.stuck import ended_by_us
from mockpilot.counts import counted
from mockpilot.durations import format_duration
from mockpilot.history.events import CloseReceived, LinkEnded, ListenerDown
from mockpilot.limits import JITTER

RECONNECTS = "link.reconnects"
BACKS_OFF = "link.backs-off"
NOTICES_SILENCE = "link.notices-silence"

MIN_GAPS = 6
SHORTENED = 0.75
"""A steady pause that jitter shortens by a quarter is still that pause; without jitter fleets would knock as one."""
LONG_OUTAGE_S = 60.0
"""After one that long a product may be at its longest wait."""
POLICY_VIOLATION = 1008
"""A close code that may well tell a product to stay away."""


def check(case: Case) -> Iterator[Observation]:
    """Every link's end, every run of failed attempts."""
    for link in case.clean_links:
        yield from _reconnects(case, link)
        yield from _silence(case, link)
    yield from _backs_off(case)


# -- coming back ---------------------------------------------------------------------------------------------------


def _reconnects(case: Case, link: Link) -> Iterator[Observation]:
    """An attempt is enough; success is not the product's alone."""
    if link.accepted is None or link.ended is None or link.ending is None or not ended_by_us(link):
        return
    again = case.own_attempt_after(link.ending.index)
    if again is not None:
        yield held(RECONNECTS, link.ended.index, again.begun.index, link=link.number)
        return
    if _has_another(case, link):
        return
    for start, end in case.listening_from(link.ended.at):
        within = case.limits["reconnect_within"] * (JITTER if start - link.ended.at > LONG_OUTAGE_S else 1)
        ran_out = case.waiting.ran_out(start, within, end if end < case.ends_at else None)
        if ran_out is None:
            yield undecided(RECONNECTS, link.ended.index, why="our own stalls hide whether it came back",
                            link=link.number)  # fmt: skip
        if ran_out and case.ran_until(link.ended.at, start + within):
            hinted = any(close.code == POLICY_VIOLATION for close in link.closes_sent)
            yield Observation(
                RECONNECTS, False, (link.ended.index,), f"a new attempt within {format_duration(within)}",
                f"none after the link ended ({link.ended.detail or link.ended.how})",
                Level.SHOULD if hinted else None, cause="1008" if hinted else "", link=link.number,
                perhaps=_why_away(case, link, hinted=hinted),
            )  # fmt: skip
            return


def _why_away(case: Case, link: Link, *, hinted: bool) -> str:
    """What keeps it away; the rule's own cause where nothing says otherwise."""
    if hinted:
        return "Close code 1008 is taken as final; come back after a longer pause"
    before = (other for other in case.clean_links if other.instance == link.instance and other.accepted is not None)
    if any(other.ended is not None and other.ended.at < link.begun.at for other in before):
        return ("it came back after earlier ends in this scenario and then no more: a counter of attempts runs out, or "
                "this way of ending is not handled; connect again after every end")  # fmt: skip
    return ""


def _has_another(case: Case, link: Link) -> bool:
    """A product may open its next link before it leaves the old one."""
    assert link.ended is not None
    return any(
        other is not link and other.opened is not None and other.opened.at < link.ended.at
        and other.alive_until(link.ended.at) for other in case.clean_links
    )  # fmt: skip


# -- spacing -------------------------------------------------------------------------------------------------------


def _backs_off(case: Case) -> Iterator[Observation]:
    """Growth that was seen counts at once; its lack counts only when attempts were watched long enough."""
    for run in _failed_runs(case):
        starts = [attempt.at for attempt in run]
        shown = tuple(attempt.index for attempt in run)
        gaps, watched = gaps_between(starts), starts[-1] - starts[0]
        if hammers(run, case.limits["retry_floor"], case.waiting):
            yield Observation(
                BACKS_OFF, False, shown, f"at least {format_duration(case.limits['retry_floor'])} between attempts",
                told(run), cause="tight loop",
                perhaps="a failed attempt is followed by the next at once; pause, and longer each time up to a cap",
            )  # fmt: skip
        elif _is_slow_enough(gaps, run, case.limits["retry_steady"]):
            yield held(BACKS_OFF, *shown)
        elif case.waiting.piled_up(starts[0], starts[-1]):
            yield undecided(BACKS_OFF, *shown, why="our own stalls hide the gaps between attempts")
        elif len(gaps) >= MIN_GAPS and watched >= case.limits["spacing_observe"]:
            yield Observation(
                BACKS_OFF, False, shown,
                f"growing gaps, or steady ones of {format_duration(case.limits['retry_steady'])} and more",
                "gaps of " + ", ".join(format_duration(gap) for gap in gaps[:12]), cause="no growth",
            )  # fmt: skip
        else:
            yield undecided(BACKS_OFF, *shown, why=_too_little(case, gaps, watched))


def _too_little(case: Case, gaps: list[float], watched_s: float) -> str:
    """Why gaps between attempts decide nothing."""
    if gaps:
        few = f"{counted(len(gaps), 'gap')} between attempts in {format_duration(watched_s)}"
        return f"{few}: neither clear growth nor enough of them to miss it"
    if case.presystem.supervised and case.exits:
        return "no second attempt came from the same process; mockpilot's own restarts set the pace between processes"
    return "no second attempt followed in the same outage"


def _is_slow_enough(gaps: list[float], run: list[Attempt], steady_s: float) -> bool:
    # Short first gaps may have been folded into one attempt, so single connects show growth too; but not where
    # several connects an attempt are a habit.
    connects = gaps_between([link.begun.at for attempt in run for link in attempt.links])
    single = all(len(attempt.links) == 1 for attempt in run[1:])
    return grows(gaps) or (single and grows(connects)) or any(gap >= SHORTENED * steady_s for gap in gaps[-1:])


def _failed_runs(case: Case) -> Iterator[list[Attempt]]:
    """Runs of attempts that we refused or dropped, each with the attempt that ended it, as far as all were seen."""
    downs = case.of(ListenerDown)
    run: list[Attempt] = []
    for attempt in case.attempts:
        if run and (_unseen_between(downs, run[-1], attempt) or run[-1].links[0].instance != _instance(attempt)):
            yield run
            run = []
        if attempt.failed_by_us:
            run.append(attempt)
        elif run:
            yield [*run, attempt]
            run = []
    if run:
        yield run


def _unseen_between(downs: list[ListenerDown], one: Attempt, other: Attempt) -> bool:
    return any(one.index < down.index < other.index for down in downs)


def _instance(attempt: Attempt) -> int:
    return attempt.links[0].instance


# -- silence -------------------------------------------------------------------------------------------------------


def _silence(case: Case, link: Link) -> Iterator[Observation]:
    """TCP still acknowledges what a silent link is sent: products that rely on its keep-alive cannot see it."""
    if link.silent is None or case.proxied:
        return
    reacted = _reacted(case, link, link.silent.index)
    if reacted is not None:
        yield held(NOTICES_SILENCE, link.silent.index, reacted, link=link.number)
        return
    within = case.limits["silence_within"]
    # Our own end of a silent link ends the test, too.
    ran_out = case.waiting.ran_out(link.silent.at, within, link.ended.at if link.ended else None)
    if ran_out is None:
        yield undecided(NOTICES_SILENCE, link.silent.index, why="our own stalls hide it", link=link.number)
    if ran_out and case.ran_until(link.silent.at, link.silent.at + within):
        yield Observation(
            NOTICES_SILENCE, False, (link.silent.index,),
            f"a Close, an end or a new attempt within {format_duration(within)} of silence",
            "none (our silence still acknowledged TCP, so its keep-alive could not tell)", link=link.number,
        )  # fmt: skip


def _reacted(case: Case, link: Link, index: int) -> int | None:
    ends = (s.index for s in link.signs if s.index > index and isinstance(s, CloseReceived | LinkEnded))
    again = case.own_attempt_after(index, link.instance)
    return next(ends, again.begun.index if again is not None else None)
