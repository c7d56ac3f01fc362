"""What ``certify --dry-run`` says: what would run, how long it may take, and why the rest would not. Starts nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from mockpilot.certification.selection import Selection
from mockpilot.durations import format_duration
from mockpilot.profile import Profile
from mockpilot.report.wording import FILTER, left_out_lines
from mockpilot.scenario.usual import usual_s


def dry_run(chosen: Selection, profile: Profile, *, jobs: int, one_listener: bool) -> Iterator[str]:
    """The lines.

    Args:
        chosen: what the selection came to.
        profile: of the product, with its limits.
        jobs: so many at a time.
        one_listener: the product is not started anew for each scenario, so it has to come back for the next one.
    """
    limits, interval = profile.limits, profile.cms.push_interval_s
    later = limits.reconnect_within - limits.connect_within if one_listener else 0.0
    usual = {one.name: usual_s(one, limits, interval) for one in chosen.run}
    worst = {one.name: one.worst_s(limits) + (later if number else 0.0) for number, one in enumerate(chosen.run)}
    width = max(map(len, usual), default=0)
    for name in usual:
        yield f"{name:<{width}}  usually {_told(usual[name]):>8}, at worst {_bound(worst[name])}"
    if usual:
        yield ""
    yield f"{len(usual)} would run{_all(usual, worst, jobs)}"
    yield from _left_out(chosen.left_out)


def _all(usual: Mapping[str, float], worst: Mapping[str, float], jobs: int) -> str:
    if not usual:
        return ""
    at_a_time = f" with {jobs} at a time" if jobs > 1 else ""
    sums = [max(sum(one.values()) / jobs, *one.values()) for one in (usual, worst)]
    return (f"{at_a_time}: usually about {_told(sums[0])}; at worst, if the product takes every limit to its end, "
            f"{_bound(sums[1])}")  # fmt: skip


def _told(seconds: float) -> str:
    """As exact as an estimate is."""
    return format_duration(max(1, _unit(seconds) * round(seconds / _unit(seconds))))


def _bound(seconds: float) -> str:
    """Rounded up, so that it stays a bound."""
    return format_duration(_unit(seconds) * math.ceil(seconds / _unit(seconds)))


def _unit(seconds: float) -> int:
    return next((unit for least, unit in ((3600, 300), (600, 60), (60, 5)) if seconds >= least), 1)


def _left_out(left_out: Mapping[str, str]) -> Iterator[str]:
    yield from left_out_lines(left_out)
    unmeant = list(left_out.values()).count(FILTER)
    if unmeant:
        yield f"{unmeant} not selected"
