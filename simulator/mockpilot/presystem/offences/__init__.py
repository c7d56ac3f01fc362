"""The catalogue of offenders: per rule one presystem that breaks it, and as little else as possible.

An offence is a ``Conduct`` that differs from the conforming one; nothing here sends, waits or connects. One module for
each area; what they are written with is in ``making``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mockpilot.errors import UsageError
from mockpilot.presystem.conduct import CONFORMING, Conduct
from mockpilot.presystem.offences import (
    booting,
    connecting,
    entries,
    envelopes,
    information,
    links,
    pushes,
    requests,
)
from mockpilot.presystem.offences.making import Offence

AREAS = (connecting, booting, envelopes, information, pushes, requests, entries, links)

OFFENCES: Mapping[str, Offence] = {offence.rule: offence for area in AREAS for offence in area.OFFENCES}
"""By the id of the rule that it breaks."""


def offences() -> Iterator[Offence]:
    """All offences in the order of the rules."""
    yield from OFFENCES.values()


def conduct_for(rule: str | None) -> Conduct:
    """How to behave to break that rule, or no rule at all.

    Raises:
        UsageError: no offender breaks it.
    """
    if rule is None:
        return CONFORMING
    if rule not in OFFENCES:
        raise UsageError(f"--offend: a rule of `mockpilot list offenders` is expected, found {rule!r}")
    return OFFENCES[rule].conduct
