"""Lists that our CMS had to refuse: what their sender did wrong has its own rule, and what follows has not.

Errors that a fault made are another matter: those the product has not brought about.
"""

from __future__ import annotations

from collections.abc import Iterable

from mockpilot.conformance.case import Case
from mockpilot.conformance.levels import Level
from mockpilot.conformance.observation import Observation
from mockpilot.conformance.rules import RULES
from mockpilot.protocol.envelope import MessageType

_FOLLOWING = ("L-", "X-")
"""Beginnings of the requirements that ask how sending goes on."""


def without_followers(case: Case, seen: Iterable[Observation]) -> list[Observation]:
    """Leave out what a product does with its lists after one that breaks a must was refused for it."""
    listed = list(seen)
    broken = {index for one in listed if one.held is False and _is_must(case, one) for index in one.events}
    refused = min((read.index for read in case.lists if read.index in broken and _is_refused(case, read.index)),
                  default=None)  # fmt: skip
    if refused is None:
        return listed
    return [one for one in listed if one.held is not False or not _follows(one, refused)]


def _is_must(case: Case, seen: Observation) -> bool:
    return (seen.level or RULES[seen.rule].level_in(case.dialect)) is Level.MUST


def _is_refused(case: Case, index: int) -> bool:
    answer = next(read.answer for read in case.lists if read.index == index)
    said = answer.envelope if answer is not None and answer.fault is None else None
    return said is not None and said.message_type is MessageType.ERROR


def _follows(seen: Observation, refused: int) -> bool:
    requirement = RULES[seen.rule].requirement or ""
    of_sending = requirement.startswith(_FOLLOWING) or seen.cause == "never"
    return seen.rule.startswith("requests.") and of_sending and max(seen.events, default=-1) > refused
