"""Why a scenario may be inconclusive: everything that keeps a green result from meaning something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mockpilot.conformance.case import Case
from mockpilot.conformance.checkers.product import is_crash
from mockpilot.conformance.levels import Cause, Level
from mockpilot.conformance.observation import Observation
from mockpilot.conformance.rules import RULES
from mockpilot.conformance.waiting import MAX_CLOUD_S
from mockpilot.history.arrivals import arrivals_of
from mockpilot.history.events import FaultArmed, FaultFired, FaultSeen, SimulatorBroke
from mockpilot.history.last_words import last_words

DONE = "done"


@dataclass(frozen=True, slots=True)
class Doubt:
    """One reason, with its sentence."""

    cause: Cause
    detail: str


def doubts(case: Case, seen: Sequence[Observation], exercised: Sequence[str], broken: Sequence[str]) -> Iterator[Doubt]:
    """All reasons to doubt, the deepest first."""
    if broken:
        yield Doubt(Cause.CHECKER_BROKE, broken[0].strip().splitlines()[-1])
    if case.of(SimulatorBroke):
        yield Doubt(Cause.CHECKER_BROKE, "the simulator broke while serving; its traceback is in the recording")
    yield from _product_left(case)
    yield from _ended_early(case)
    never_came = _never_came(case)
    if never_came:
        # What could have set a fault off never came: that nothing was exercised says more than that it never fired.
        yield from _not_exercised(case, seen, exercised)
    claims_broken = _claims_broken(case, seen)
    yield from _faults(case, claims_broken)
    yield from _not_exercised(case, seen, exercised)
    if never_came and not claims_broken:
        # What was kept up to there may have been kept by the way: what the scenario is about did not take place.
        yield Doubt(Cause.NEVER_EXERCISED, f"the scenario did not come to its end: {never_came}")


def _ended_early(case: Case) -> Iterator[Doubt]:
    ended = case.ended
    if ended is None or ended.why == DONE:
        return
    try:
        yield Doubt(Cause(ended.why), ended.detail)
    except ValueError:
        yield Doubt(Cause.CHECKER_BROKE, f"the scenario ended for an unknown reason: {ended.why}")


def _product_left(case: Case) -> Iterator[Doubt]:
    if case.presystem.supervised:
        return
    for event in case.exits:
        if not is_crash(case, event):
            met = str(arrivals_of(one for one in case.history if one.index < event.index))
            said = last_words(event.output)
            told = [f"the product ended with {event.how}", met, f"its last line: {said}" if said else ""]
            yield Doubt(Cause.PRODUCT_LEFT, "; ".join(filter(None, told)))


def _claims_broken(case: Case, seen: Sequence[Observation]) -> bool:
    """Whether something that the scenario claims was decided against the product."""
    broken = {RULES[observation.rule].requirement for observation in seen
              if observation.held is False and observation.level is not Level.MAY}  # fmt: skip
    return any(claim.rstrip("abc") in broken for claim in case.start.exercises)


def _faults(case: Case, claims_broken: bool) -> Iterator[Doubt]:
    """A product that does not react, where reacting is what is asked, shows no effect: that is the finding itself."""
    fired = {event.name for event in case.of(FaultFired)}
    seen = {event.name for event in case.of(FaultSeen)}
    armed = [event for event in case.of(FaultArmed) if not event.optional]
    stalled = case.waiting.stalled_s(0.0, case.ends_at)
    beside = f"; mockpilot itself stalled for {stalled:.1f} s" if stalled > case.limits["guard"] else ""
    for event in armed:
        if event.name not in fired:
            yield Doubt(Cause.FAULT_NEVER_FIRED, f"fault {event.name} ({event.do}) was armed but never fired{beside}")
    for event in armed:
        if event.name in fired and event.name not in seen and not claims_broken:
            detail = f"fault {event.name} ({event.do}) fired, but nothing shows that the product met it{beside}"
            yield Doubt(Cause.FAULT_NEVER_SEEN, detail)


def _never_came(case: Case) -> str:
    """What never came, if the script ended for want of it; else empty."""
    return case.ended.detail if case.ended is not None and case.ended.why == DONE else ""


def _not_exercised(case: Case, seen: Sequence[Observation], exercised: Sequence[str]) -> Iterator[Doubt]:
    missing = [claim for claim in case.start.exercises if claim.rstrip("abc") not in exercised]
    if not missing:
        return
    why = {observation.message for observation in seen if observation.held is None
           and RULES[observation.rule].requirement in missing}  # fmt: skip
    never_came = _never_came(case)
    why |= {never_came} - {""}
    stalled = case.waiting.stalled_s(0.0, case.ends_at)
    # A short stall says something only where the script went to its end and found nothing all the same.
    if stalled > (MAX_CLOUD_S if never_came else case.limits["guard"]):
        detail = f"mockpilot itself stalled for {stalled:.1f} s, so {', '.join(missing)} cannot be judged"
        yield Doubt(Cause.SIMULATOR_OVERLOADED, detail)
    else:
        yield Doubt(Cause.NEVER_EXERCISED, _sentence(missing, why or {_lack(case, missing)} - {""}))


def _sentence(missing: Sequence[str], why: set[str]) -> str:
    what = f"nothing put {', '.join(missing)} to the test"
    return f"{what}: {'; '.join(sorted(why))}" if why else what


def _lack(case: Case, missing: Sequence[str]) -> str:
    """The first thing that has to come before what is asked of talk can, and never did; empty if all of it came.

    Connecting and booting are asked of links that come to nothing, too.
    """
    if all(claim.startswith(("B", "C")) for claim in missing):
        return ""
    if not any(link.accepted for link in case.links):
        return "no boot was accepted" if any(link.opened for link in case.links) else "no link was opened"
    if not any(push.answers for exchange in case.exchanges.values() for push in exchange.pushes):
        return "no push was answered" if case.pushes_handed else "no push went out"
    about_lists = any(rule.requirement in missing and rule.id.startswith("requests.") for rule in RULES.values())
    return "no list of charging requests came" if about_lists and not case.lists else ""
