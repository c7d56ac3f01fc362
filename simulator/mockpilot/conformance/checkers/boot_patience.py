"""Patience around a boot's answer: until it comes, where it doesn't, and after one that rejects.

What a boot has to say and how soon it has to come, ``boot`` knows; what other answers of ours do to a product,
``boot_mishaps``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mockpilot.conformance.attempts import gaps_between, is_tight_loop
from mockpilot.conformance.case import Case
from mockpilot.conformance.conversation import Frame, Link, boot_status
from mockpilot.conformance.levels import Level
from mockpilot.conformance.observation import Observation, held, undecided
from mockpilot.counts import counted
from mockpilot.durations import format_duration
from mockpilot.protocol.envelope import Action

WAITS = "boot.waits-for-confirmation"
TRIES_AGAIN = "boot.tries-again"
REJECTED_NO_LIST = "boot.rejected-sends-no-list"
REJECTED_SLOWLY = "boot.rejected-retries-slowly"


def check(case: Case) -> Iterator[Observation]:
    """Every link with a boot."""
    for link in case.clean_links:
        yield from _waits(case, link)
        yield from _tries_again(case, link)
        yield from _rejected(case, link)


def _waits(case: Case, link: Link) -> Iterator[Observation]:
    """Whatever was read before we handed an answer needs no allowance for frames in flight."""
    boots = link.boots
    if not boots:
        return
    boot, answer = boots[0], _first_answer(link)
    early = [
        frame for frame in link.requests(Action.PROVIDE_CHARGING_REQUESTS)
        if frame.index > boot.index and (answer is None or frame.index < answer.index)
    ]  # fmt: skip
    if early:
        yield Observation(
            WAITS, False, (boot.index, *(frame.index for frame in early)),
            "no other request before the boot was answered", "a list came before our answer", link=link.number,
        )  # fmt: skip
        return
    until, end_index = case.ends_at, len(case.events)
    for stop in (link.ending, answer):
        if stop is not None and stop.index < end_index:
            until, end_index = stop.at, stop.index
    lives = _reacts_after(case, link, boot, end_index)
    if case.waiting.lasted(boot.at, until, case.limits["hold"]) and lives is not None and _had_something(case, boot):
        yield held(WAITS, boot.index, lives, link=link.number)


def _had_something(case: Case, since: Frame) -> bool:
    """Whether there was something to send: a step was provoked, or a list came afterwards."""
    return bool(case.steps) or any(read.index > since.index for read in case.lists)


def _first_answer(link: Link) -> Frame | None:
    """What may have been taken for an answer: one that a fault made unreadable is none, but may be read as one."""
    garbled = (sent for sent in link.sent if sent.envelope is None and sent.fault is not None)
    return min([*link.boot_answers(), *garbled], key=lambda frame: frame.index, default=None)


def _reacts_after(case: Case, link: Link, boot: Frame, end_index: int) -> int | None:
    """A sign of life after the wait: keeping quiet shows nothing in a product that is gone."""
    sign = link.sign_of_life_after(end_index - 1) or link.sign_of_life_after(boot.index)
    if sign is not None:
        return sign.index
    again = case.own_attempt_after(end_index - 1, link.instance)
    return again.begun.index if again is not None else None


def _tries_again(case: Case, link: Link) -> Iterator[Observation]:
    boots, answers = link.boots, link.boot_answers()
    if not boots or not any(_is_boot_answer(frame) for frame in link.withheld):
        return
    if answers and (len(boots) < 2 or answers[0].index < boots[1].index):
        return
    within = case.limits["boot_retry_within"]
    in_vain = _boots_in_vain(case, link)
    times, floor = [boot.at for boot in in_vain], case.limits["retry_floor"]
    if is_tight_loop(times, floor) and not case.waiting.piled_up(times[0], times[-1]):
        yield Observation(
            TRIES_AGAIN, False, tuple(boot.index for boot in in_vain),
            f"at least {format_duration(floor)} between boots",
            f"{len(times)} boots in {format_duration(times[-1] - times[0])}", cause="rate", link=link.number,
            perhaps="the boot is sent again in a loop; give its answer some seconds, and wait longer each time",
        )  # fmt: skip
        return
    last = boots[0] if answers else boots[-1]
    tried = _tried_again(case, link, last)
    ran_out = case.waiting.ran_out(last.at, within, link.ending.at if link.ending else None)
    if tried is None and ran_out and case.ran_until(last.at, last.at + within):
        yield Observation(
            TRIES_AGAIN, False, tuple(boot.index for boot in boots),
            f"another boot or connection within {format_duration(within)}", "neither came",
            cause="never", link=link.number,
        )  # fmt: skip
    elif tried is not None or last is not boots[0]:
        if _took_a_pause(case, link, times, floor):
            yield held(TRIES_AGAIN, boots[0].index, tried or last.index, link=link.number)
        else:
            why = f"{counted(len(times), 'boot')} in haste: too few to speak of a tight loop"
            yield undecided(TRIES_AGAIN, boots[0].index, why=why, link=link.number)


def _boots_in_vain(case: Case, link: Link) -> list[Frame]:
    """Boots of a link whose answer was withheld, and of the next ones while each was left for another."""
    boots: list[Frame] = []
    for other in case.clean_links:
        if other.begun.index < link.begun.index or other.instance != link.instance:
            continue
        if not any(_is_boot_answer(frame) for frame in other.withheld):
            break
        boots += other.boots
        if other.ended is None or other.ended.by != "product":
            break
    return boots


def _took_a_pause(case: Case, link: Link, times: Sequence[float], floor: float) -> bool:
    """Whether some boot was longer in coming than the limit, or none came for as long before one was answered."""
    sent = (frame for other in case.clean_links for frame in other.boot_answers() if other.instance == link.instance)
    answered = min((frame.at for frame in sent if frame.at >= times[-1]), default=case.ends_at)
    return any(gap >= floor for gap in gaps_between([*times, answered]))


def _tried_again(case: Case, link: Link, unanswered: Frame) -> int | None:
    following = next((boot for boot in link.boots if boot.index > unanswered.index), None)
    if following is not None:
        return following.index
    if link.ended is not None and link.ended.by == "product":
        return link.ended.index
    again = case.own_attempt_after(unanswered.index, link.instance)
    return again.begun.index if again is not None and link.alive_until(again.begun.at) else None


def _is_boot_answer(frame: Frame) -> bool:
    return frame.is_answer and frame.envelope is not None and frame.envelope.action is Action.BOOT_NOTIFICATION


def _rejected(case: Case, link: Link) -> Iterator[Observation]:
    refusals = ((answer, boot_status(answer, link.boots)) for answer in link.boot_answers())
    rejected, status = next(((a, s) for a, s in refusals if s in ("Rejected", "Error")), (None, None))
    if rejected is None or (link.accepted is not None and link.accepted.index < rejected.index):
        return
    until = link.accepted.index if link.accepted is not None else len(case.history)
    known_at = case.delivery.known_at(link, rejected.at)
    lists = [f for f in link.requests(Action.PROVIDE_CHARGING_REQUESTS) if rejected.index < f.index < until]
    if any(known_at < frame.at for frame in lists):
        # What an error answer to a boot means is nowhere said.
        yield Observation(
            REJECTED_NO_LIST, False, (rejected.index, *(frame.index for frame in lists if known_at < frame.at)),
            "no list until a boot is accepted", f"a list came after {status}",
            Level.SHOULD if status == "Error" else None, link=link.number,
        )  # fmt: skip
    elif not lists:
        yield from _kept_quiet(case, link, rejected)
    yield from _kept_calm(case, link, rejected)


def _kept_quiet(case: Case, link: Link, rejected: Frame) -> Iterator[Observation]:
    """Silence counts if the product is there and had something to send: a step, or lists once it was accepted.

    Only frames that come are in doubt for longer where answers are slow; how long none came is the same for everybody.
    """
    ends = [case.ends_at]
    ends += [link.ending.at] if link.ending is not None else []
    ends += [link.accepted.at] if link.accepted is not None else []
    left = case.own_attempt_after(rejected.index, link.instance)
    reacts = left is not None or link.sign_of_life_after(rejected.index) is not None
    waited = case.waiting.lasted(rejected.at, min(ends), case.limits["guard"] + case.limits["hold"])
    if reacts and _had_something(case, rejected) and (waited or left is not None):
        yield held(REJECTED_NO_LIST, rejected.index, link=link.number)


def _kept_calm(case: Case, link: Link, rejected: Frame) -> Iterator[Observation]:
    boots = [f.at for other in case.clean_links for f in other.boots if f.index > rejected.index]
    connects = [attempt.at for attempt in case.attempts if attempt.index > rejected.index]
    floor = case.limits["retry_floor"]
    runs = [[rejected.at, *times] for times in (boots, connects)]
    if any(is_tight_loop(run, floor) and not case.waiting.clouded(run[0], run[-1]) for run in runs):
        yield Observation(
            REJECTED_SLOWLY, False, (rejected.index,), f"at least {format_duration(floor)} between boots or attempts",
            f"{max(len(boots), len(connects))} of them in {format_duration(case.ends_at - rejected.at)}",
            link=link.number,
        )  # fmt: skip
    elif _showed_calm(case, rejected, boots):
        yield held(REJECTED_SLOWLY, rejected.index, link=link.number)


def _showed_calm(case: Case, rejected: Frame, boots: Sequence[float]) -> bool:
    """Whether a boot was longer in coming than the limit, or none came for long; until one was accepted."""
    accepted = [link.accepted for link in case.clean_links if link.accepted is not None]
    over = min((frame.at for frame in accepted if frame.index > rejected.index), default=case.ends_at)
    gaps = gaps_between([rejected.at, *(at for at in boots if at <= over)])
    waited = case.waiting.ran_out(rejected.at, case.limits["spacing_observe"], over)
    return bool(waited) or any(gap >= case.limits["retry_floor"] for gap in gaps)
