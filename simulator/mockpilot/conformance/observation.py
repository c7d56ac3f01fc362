"""What a checker saw: one rule, held or violated, with the events that show it.

An observation says nothing of outcomes. Both kinds matter: a rule without any was not exercised.
"""

from __future__ import annotations

from dataclasses import dataclass

from mockpilot.conformance.levels import Basis, Level

MAX_EVENTS = 20


@dataclass(frozen=True, slots=True)
class Observation:
    """One look at one rule."""

    rule: str
    held: bool | None
    """None: the occasion was there, but what was seen decides nothing."""
    events: tuple[int, ...] = ()
    """Indexes of the events that show it, the decisive one last."""
    expected: str = ""
    observed: str = ""
    level: Level | None = None
    """Where this kind of violation weighs otherwise than the rule."""
    basis: Basis | None = None
    """Where this evidence rests on something else than the rule does."""
    message: str = ""
    """One sentence; the rule's own statement if empty."""
    cause: str = ""
    """What tells this violation from others of the same rule: those of one cause become one finding."""
    link: int | None = None
    """The link on which it was seen, where that matters for precedence."""
    perhaps: str = ""
    """Likely cause and usual repair, where the rule's own would mislead."""


def held(rule: str, *events: int, link: int | None = None) -> Observation:
    """The rule was put to the test and kept."""
    return Observation(rule, True, events[:MAX_EVENTS], link=link)


def undecided(rule: str, *events: int, why: str, link: int | None = None) -> Observation:
    """The occasion was there; what was seen decides nothing."""
    return Observation(rule, None, events[:MAX_EVENTS], message=why, link=link)
