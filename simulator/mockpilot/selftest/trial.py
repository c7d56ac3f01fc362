"""Plays roles in scenarios, in one process or several, and keeps of each play what the matrix needs.

A play is named by its role and scenario alone, so that it can be given to another process; it comes out there as here.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor

from mockpilot.certification.selection import select
from mockpilot.conformance.verdict import judge
from mockpilot.history.events import SimulatorBroke
from mockpilot.scenario.definition import Scenario
from mockpilot.selftest.cast import CONFORMING_ROLES, Role, offender
from mockpilot.selftest.matrix import Played
from mockpilot.selftest.memory import certificates
from mockpilot.selftest.rehearsal import catalogue, perform


def scenarios_for(role: Role) -> tuple[Scenario, ...]:
    """What its profile allows and what it makes a difference in, in the order of the catalogue."""
    return select(catalogue(), role.only, (), role.profile, bad_certificates=certificates().bad_kinds).run


def plays_of(roles: Iterable[Role]) -> list[tuple[str, bool, str]]:
    """Every play of these roles: role, whether it offends, scenario."""
    return [(role.name, role.offends is not None, one.name) for role in roles for one in scenarios_for(role)]


def play(role_name: str, offends: bool, scenario: str) -> Played:
    """Play one role in one scenario, and judge it."""
    role = offender(role_name) if offends else CONFORMING_ROLES[role_name]
    history = perform(catalogue()[scenario], role.conduct, role.profile, role.adjust)
    verdict = judge(history)
    found = tuple(dict.fromkeys((one.rule, one.level) for one in verdict.findings))
    broke = bool(history.of(SimulatorBroke) or verdict.broken)
    return Played(role_name, offends, scenario, verdict.outcome, verdict.cause, verdict.detail, found, broke)


def play_all(plays: list[tuple[str, bool, str]], jobs: int) -> Iterator[Played]:
    """Play them in so many processes, and yield what comes out in the order in which it was asked for."""
    if jobs == 1:
        yield from (play(*one) for one in plays)
        return
    # Spawned, not forked: a process in which a loop has run has threads and sockets that a copy must not have.
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(_play, plays, chunksize=8)


def _play(one: tuple[str, bool, str]) -> Played:
    return play(*one)
