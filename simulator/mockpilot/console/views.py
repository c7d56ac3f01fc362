"""How the CMS stands, as records for whoever looks: links, faults, holds, what is awaited, the depot. Reads only."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal

import trio

from mockpilot.cms.link import Link
from mockpilot.conformance.verdict import Finding
from mockpilot.console.bench import Bench
from mockpilot.console.tally import Evidence, LinkTally
from mockpilot.console.told import (
    Awaited,
    ClockShown,
    DepotShown,
    FaultShown,
    FindingShown,
    HoldShown,
    LinkShown,
    ParameterShown,
    PointShown,
    Pushes,
    StationShown,
    VerbShown,
)
from mockpilot.counts import counted
from mockpilot.depot.present import PointNow, StationNow
from mockpilot.faults.asking import asked_of
from mockpilot.faults.evidence import unseen_words
from mockpilot.faults.injector import Armed
from mockpilot.faults.plan import given
from mockpilot.faults.verbs import HOLD, VERBS
from mockpilot.protocol import envelope as envelopes
from mockpilot.protocol.session import State

# -- links and waiting -------------------------------------------------------------------------------------------------


def links(bench: Bench) -> list[LinkShown]:
    """Everybody who is connected, the oldest first."""
    return [_link(bench, link) for link in bench.control.server.links.values()]


def _link(bench: Bench, link: Link) -> LinkShown:
    tally = bench.tally.links.get(link.number, LinkTally())
    return LinkShown(
        id=link.number, presystem_id=link.presystem_id, kind=tally.kind, peer=tally.peer,
        state=link.session.state.value, since_s=round(_now(bench) - tally.began_at, 1), pushes=tally.pushes,
        confirmed=tally.confirmed, open=len(link.session.open), received=tally.received,
        ending=f"ended by {link.ending.by}: {link.ending.detail}" if link.ending else "",
        next_push_in_s=_next_push(bench, link),
    )  # fmt: skip


def _next_push(bench: Bench, link: Link) -> float | None:
    if link.next_push_at is None or link.ending or not link.session.is_booted or bench.control.pushes_paused:
        return None
    return max(0.0, round(link.next_push_at - trio.current_time(), 1))


def _now(bench: Bench) -> float:
    return bench.control.server.world.clock.now()


def awaited(bench: Bench) -> list[Awaited]:
    """Who has to do what, the most urgent first: a person before the product."""
    people = [
        Awaited(who="you", what=f"to let go of {next(iter(one.held.values())).action} ({one.name})", for_s=0.0,
                within_s=None, link=next(iter(one.held)))
        for one in _holds(bench) if one.held
    ]  # fmt: skip
    asked = [
        Awaited(who="product", what=f"somebody waits for {what}", for_s=round(_now(bench) - one.at, 1),
                within_s=one.within_s)
        for what, one in bench.tally.waits.items()
    ]  # fmt: skip
    return [*people, *_of_run(bench), *asked, *_of_links(bench)]


def _of_run(bench: Bench) -> Iterator[Awaited]:
    if bench.busy_with:
        yield Awaited(who="mockpilot", what=f"to be through: {bench.busy_with}", for_s=0.0, within_s=None)


def _of_links(bench: Bench) -> Iterator[Awaited]:
    live = bench.control.server.live_links()
    if not live:
        outage = not bench.control.server.is_listening
        yield Awaited(
            who="mockpilot" if outage else "product",
            what="to accept connections again" if outage else "to connect",
            for_s=round(_now(bench) - bench.tally.last_link_at, 1),
            within_s=None if outage else bench.limits.reconnect_within,
        )
    for link in live:
        yield from _of_link(bench, link)


def _of_link(bench: Bench, link: Link) -> Iterator[Awaited]:
    now, who = _now(bench), link.presystem_id
    if link.session.state in (State.UNBOOTED, State.REJECTED):
        began = bench.tally.links.get(link.number, LinkTally(began_at=now)).began_at
        yield Awaited(who="product", what=f"{who} to send its BootNotification", for_s=round(now - began, 1),
                      within_s=bench.limits.boot_within, link=link.number)  # fmt: skip
    if link.session.open:
        oldest = min(one.sent_at for one in link.session.open.values())
        open_ = counted(len(link.session.open), "push", "pushes")
        yield Awaited(who="product", what=f"{who} to confirm {open_}", for_s=round(now - oldest, 1),
                      within_s=bench.limits.confirm_within, link=link.number)  # fmt: skip


# -- faults and holds --------------------------------------------------------------------------------------------------


def faults(bench: Bench) -> list[FaultShown]:
    """All faults with their evidence, the newest first."""
    armed = bench.control.server.world.injector.armed
    return [fault_shown(bench, one) for one in reversed(armed) if one.fault.do != HOLD]


def fault_shown(bench: Bench, armed: Armed) -> FaultShown:
    """One fault with its evidence."""
    evidence = bench.tally.faults.get(armed.name, Evidence())
    return FaultShown(
        name=armed.name, do=armed.fault.do, described=_described(armed), state=_state(armed, evidence),
        fired=armed.fired, armed_event=evidence.armed, fired_event=evidence.fired, seen_event=evidence.seen,
        unseen=_unseen(bench, armed, evidence),
    )  # fmt: skip


def _unseen(bench: Bench, armed: Armed, evidence: Evidence) -> str:
    if armed.seen or evidence.fired is None:
        return ""
    live = {link.number for link in bench.control.server.live_links()}
    return unseen_words(armed.fault, link_lives=evidence.fired_on is None or evidence.fired_on in live)


_States = Literal["armed", "FIRED", "SEEN", "disarmed", "disarmed, fired", "disarmed, seen"]


def _state(armed: Armed, evidence: Evidence) -> _States:
    if armed.disarmed:
        return "disarmed, seen" if armed.seen else "disarmed, fired" if evidence.fired is not None else "disarmed"
    return "SEEN" if armed.seen else "FIRED" if evidence.fired is not None else "armed"


def _described(armed: Armed) -> str:
    return ", ".join(f"{name} {value}" for name, value in given(armed.fault).items() if name not in ("do", "name"))


def _holds(bench: Bench) -> list[Armed]:
    armed = bench.control.server.world.injector.armed
    return [one for one in armed if one.fault.do == HOLD and not one.disarmed and (one.held or not one.fired)]


def holds(bench: Bench) -> list[HoldShown]:
    """Holds that keep a message or wait for one."""
    return [
        HoldShown(
            id=one.name, described=_held_what(one), link=next(iter(one.held), None),
            text=envelopes.write(next(iter(one.held.values()))) if one.held else None,
        )
        for one in _holds(bench)
    ]  # fmt: skip


def _held_what(armed: Armed) -> str:
    selects = armed.fault.selects
    kind = selects.type.name.lower() if selects.type is not None else "message"
    where = f" on link {selects.link}" if selects.link is not None else ""
    return f"the next {kind}{f' of {selects.action}' if selects.action else ''}{where}"


# -- the depot and the clock -------------------------------------------------------------------------------------------


def depot(bench: Bench) -> DepotShown:
    """The depot as it is now."""
    world = bench.control.server.world
    world.site.advance(world.clock.instant())
    present, limit = world.site.simulation.present, world.site.depot.grid_limit_kw
    default = world.site.depot.default_station.id
    ids = sorted({account.presystem_id for account in world.accounts.values()})
    return DepotShown(
        id=present.depot.id, name=present.depot.name, at=world.clock.stamp(),
        stations=[_station(one, is_default=one.station.id == default) for one in present.stations],
        power_kw=round(sum(one.total_kw for one in present.stations), 1),
        grid_limit_kw=None if math.isinf(limit) else limit, vehicles=[one.id for one in present.depot.vehicles],
        requests={one: len(world.site.requests_of(one)) for one in ids},
    )  # fmt: skip


def _station(now: StationNow, *, is_default: bool) -> StationShown:
    limit = now.station.limit_kw
    return StationShown(
        id=now.station.id, name=now.station.name, points=[_point(one) for one in now.points],
        power_kw=round(now.total_kw, 1),
        limit_kw=None if math.isinf(limit) else limit, fault=str(now.fault.error) if now.fault else "",
        silent=now.silent_since is not None, is_default=is_default,
    )  # fmt: skip


def _point(now: PointNow) -> PointShown:
    process = now.process
    return PointShown(
        id=now.point.id, name=now.point.name, state=str(now.state), vehicle=process.vehicle.id if process else "",
        soc_percent=round(process.soc_percent, 1) if process else None,
        power_kw=round(process.power_kw, 1) if process else 0.0, limit_kw=round(now.limit_kw, 1),
        max_kw=now.point.max_kw, fault=str(now.fault.error) if now.fault else "",
    )  # fmt: skip


def clock(bench: Bench) -> ClockShown:
    """Which time it is, and whose."""
    clock_ = bench.control.server.world.clock
    return ClockShown(mode="simulated" if clock_.is_simulated else "real", factor=clock_.factor, now=clock_.stamp(),
                      run_s=round(clock_.now(), 3))  # fmt: skip


def pushes(bench: Bench) -> Pushes:
    """Whether pushes go out."""
    return Pushes(paused=bench.control.pushes_paused, interval_s=bench.control.server.world.push_interval_s)


def finding(one: Finding, begins: int = 0) -> FindingShown:
    """A finding of the rules in a recording that begins at an index."""
    return FindingShown(
        rule=one.rule, requirement=one.requirement or "", level=str(one.level), message=one.message,
        expected=one.expected, observed=one.observed, perhaps=one.perhaps, count=one.count,
        events=[begins + index for index in one.events],
    )  # fmt: skip


# -- the vocabulary ----------------------------------------------------------------------------------------------------


def vocabulary() -> list[VerbShown]:
    """Every verb with what it takes, for whoever draws buttons."""
    return [
        VerbShown(do=verb, reaches=reaches, parameters=[
            ParameterShown(name=one.name, required=one.required, kind=one.kind, choices=list(one.choices),
                           default=one.default, common=one.common)
            for one in asked_of(verb)
        ])
        for verb, reaches in VERBS.items()
    ]  # fmt: skip
