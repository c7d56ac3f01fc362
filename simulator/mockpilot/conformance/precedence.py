"""One cause, one conviction: which findings silence which others.

Checkers look at one concern each and may see the same mistake from several sides. Here the first cause wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mockpilot.conformance.observation import Observation

_EVERYTHING = ("",)
_BOOT_RUNGS = (
    "boot.comes", "boot.comes-first", "boot.on-every-link", "boot.waits-for-confirmation",
    "boot.rejected-sends-no-list", "boot.ignores-foreign-confirmation", "requests.after-first-push",
)  # fmt: skip
"""From the lowest; per link only the lowest broken one is reported."""

FEATURES = (
    "envelope.reads-time-stamps", "envelope.reads-unusual-time-stamps", "envelope.unmoved-by-our-clock",
    "frames.reads-fragments", "frames.reads-large-messages", "information.default-station",
    "information.chargepilot-form", "information.survives-unknown", "information.empty-lists",
    "information.legal-statuses",
)  # fmt: skip
"""Rules about what a push may look like."""


_SURVIVING = (
    "link.survives-late-confirmation", "link.survives-second-confirmation", "requests.survives-error-answer",
    "link.survives-malformed-messages", "boot.survives-early-push", "information.survives-unknown",
)  # fmt: skip
"""Rules that are broken by getting stuck."""
_NEEDS_NEW_LINK = (
    "boot.on-every-link", "requests.unconfirmed-list-comes-again", "requests.go-on-after-lost-answer",
    "requests.no-doubles", "requests.told-again-after-amnesia", "requests.no-replay-after-outage",
    "requests.change-comes-after-outage",
)  # fmt: skip
"""What cannot be seen in a product that stays away."""
_NEEDS_RESENDING = (
    "requests.foreign-confirmation-counts-not", "requests.told-again-after-amnesia",
    "requests.change-comes-after-outage",
)  # fmt: skip
"""Whoever drops unconfirmed lists breaks these too."""


@dataclass(frozen=True, slots=True)
class Precedence:
    """If one rule is violated, then others are not judged."""

    winner: str
    losers: tuple[str, ...]
    """Rule ids, or beginnings of them."""
    everywhere: bool = False
    """In the whole scenario, not on that link alone."""


PRECEDENCES: tuple[Precedence, ...] = (
    *(Precedence(first, _EVERYTHING) for first in (
        "handshake.verifies-certificate", "handshake.keeps-its-password", "handshake.keeps-credentials-from-others",
    )),
    Precedence("boot.comes", ("boot.tries-again", "link.")),
    *(Precedence(rung, _BOOT_RUNGS[place + 1:]) for place, rung in enumerate(_BOOT_RUNGS[:-1])),
    # Two answers to one push that was sent twice, each with an id of its own, is one mistake.
    Precedence("correlation.echoes-message-id", ("information.is-answered", "correlation.one-answer")),
    Precedence("envelope.direction", ("information.is-answered", "requests.schema")),
    Precedence("information.is-confirmed", ("information.is-answered", *FEATURES), everywhere=True),
    Precedence("information.is-answered-meanwhile", ("information.is-answered",)),
    Precedence("envelope.clock", ("requests.departure-ahead",), everywhere=True),
    *(Precedence(survives, ("information.is-answered",), everywhere=True) for survives in _SURVIVING),
    Precedence("handshake.refuses-alien-subprotocol", _EVERYTHING),
    *(Precedence(stays_away, _NEEDS_NEW_LINK, everywhere=True) for stays_away in (
        "link.reconnects", "link.returns-after-outage",
    )),
    Precedence("requests.go-on-after-lost-answer", (
        "requests.unconfirmed-list-comes-again", "requests.change-comes-after-outage",
        "requests.change-while-charging", "requests.go-on-after-error",
    ), everywhere=True),
    Precedence("requests.unconfirmed-list-comes-again", _NEEDS_RESENDING, everywhere=True),
    *(Precedence(flood, ("requests.quiet-when-steady",)) for flood in (
        "requests.refused-list-calmly", "requests.no-replay-after-outage", "requests.bounded-open-lists",
    )),
    Precedence("requests.no-doubles", ("requests.one-per-stay",), everywhere=True),
    Precedence("requests.stable-ids", ("requests.complete-list", "requests.cancelled-leaves",
                                       "requests.unconfirmed-list-comes-again", "requests.no-doubles"),
               everywhere=True),
    Precedence("requests.complete-list", ("requests.unconfirmed-list-comes-again",
                                          "requests.told-again-after-amnesia"), everywhere=True),
)  # fmt: skip


def first_causes(observations: Iterable[Observation]) -> list[Observation]:
    """Leave out what follows from something else that was found."""
    left = list(observations)
    for precedence in PRECEDENCES:
        left = _apply(precedence, left)
    return left


def _apply(precedence: Precedence, observations: Sequence[Observation]) -> list[Observation]:
    found = {seen.link for seen in observations if seen.rule == precedence.winner and seen.held is False}
    if not found:
        return list(observations)
    return [
        seen for seen in observations
        if seen.rule == precedence.winner or not _loses(precedence, seen) or _elsewhere(precedence, seen, found)
    ]  # fmt: skip


def _loses(precedence: Precedence, seen: Observation) -> bool:
    return seen.rule.startswith(precedence.losers)


def _elsewhere(precedence: Precedence, seen: Observation, found: set[int | None]) -> bool:
    return not precedence.everywhere and seen.link not in found
