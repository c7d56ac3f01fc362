"""Whether the product keeps its password to itself: not in addresses, not in messages, not at another host.

The user name may stand anywhere. Following a redirect without credentials is right, and so is not following it.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockpilot.conformance.attempts import REDIRECTS
from mockpilot.conformance.case import Case
from mockpilot.conformance.conversation import Link
from mockpilot.conformance.levels import Level
from mockpilot.conformance.observation import Observation, held
from mockpilot.history.events import MessageReceived, UpgradeAnswered

KEEPS_PASSWORD = "handshake.keeps-its-password"
KEEPS_FROM_OTHERS = "handshake.keeps-credentials-from-others"


def check(case: Case) -> Iterator[Observation]:
    """Every request, every message, every redirect."""
    for link in case.links:
        yield from _upgrades(case, link)
        yield from _messages(case, link)
    yield from _redirects(case)


def _weight(case: Case) -> Level | None:
    """A short password, or one that is also a name, may stand anywhere by chance."""
    return None if case.presystem.telling_password else Level.MAY


def _upgrades(case: Case, link: Link) -> Iterator[Observation]:
    for upgrade in link.upgrades:
        if upgrade.password_in:
            yield Observation(
                KEEPS_PASSWORD, False, (upgrade.index,), "the password in Authorization alone",
                f"it stood in {_place(upgrade.password_in)} too", _weight(case), cause=upgrade.password_in,
                link=link.number,
            )  # fmt: skip
        else:
            yield held(KEEPS_PASSWORD, upgrade.index, link=link.number)


def _place(where: str) -> str:
    return "the address" if where == "target" else f"header {where}"


def _messages(case: Case, link: Link) -> Iterator[Observation]:
    for frame in link.received:
        if isinstance(frame.event, MessageReceived) and frame.event.password_in:
            yield Observation(
                KEEPS_PASSWORD, False, (frame.index,), "the password in Authorization alone",
                "it stood in a message too", _weight(case), cause="message", link=link.number,
            )  # fmt: skip


# -- redirects -----------------------------------------------------------------------------------------------------


def _redirects(case: Case) -> Iterator[Observation]:
    """Judged where the redirect points to another host of ours; what comes to others' hosts cannot be seen."""
    told_away = False
    for link in case.elsewhere:
        for upgrade in link.upgrades:
            if upgrade.credentials == "right" or (upgrade.password_in and case.presystem.telling_password):
                told_away = True
                yield Observation(
                    KEEPS_FROM_OTHERS, False, (upgrade.index,), "a request without credentials, or none",
                    "the credentials were sent to another host", link=link.number,
                )  # fmt: skip
    redirect = _first_redirect(case)
    if told_away or redirect is None:
        return
    after = [link for link in case.elsewhere if link.upgrades] or [
        link for link in case.links if link.begun.index > redirect.index
    ]
    if after:
        yield held(KEEPS_FROM_OTHERS, redirect.index, after[0].begun.index, link=redirect.link)


def _first_redirect(case: Case) -> UpgradeAnswered | None:
    """The first answer that pointed to a host of ours."""
    answers = (answer for link in case.links for answer in link.upgrade_answers if answer.status in REDIRECTS)
    return next((answer for answer in answers if answer.fault and not case.faults.location(answer.fault)), None)
