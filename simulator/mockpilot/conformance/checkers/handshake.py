"""Connecting: TLS at all, the upgrade request, frames, credentials and path.

Strangers (probes, scanners, empty connects) never get here. With something between the product and us, nothing is
said of its first bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mockpilot.conformance.attempts import REDIRECTS, Attempt, hammers, handed_path, runs_of, shows_pace, told
from mockpilot.conformance.case import Case
from mockpilot.conformance.conversation import Link
from mockpilot.conformance.levels import Basis, Level
from mockpilot.conformance.observation import Observation, held, undecided
from mockpilot.durations import format_duration
from mockpilot.history.events import UpgradeAnswered, UpgradeRequested
from mockpilot.protocol.handshake import path_of

USES_TLS = "handshake.uses-tls"
SENDS_CREDENTIALS = "handshake.sends-credentials"
VALID_UPGRADE = "handshake.valid-upgrade"
VALID_FRAMES = "frames.valid"
SLOWS_AFTER_REFUSAL = "handshake.slows-after-refusal"
USES_THE_PATH = "handshake.uses-the-path"

TOO_BIG = 1009
STRAYING_ATTEMPTS = 3
"""Attempts at another path, and none at the right one any more, that are no prober's beside a product's."""
BARE_ATTEMPTS = 3
"""A request without credentials may ask for the challenge; two more attempts without any convict."""


def check(case: Case) -> Iterator[Observation]:
    """Everything before the first message."""
    for link in case.links:
        yield from _tls(case, link)
        yield from _upgrade(link)
        yield from _frames(link)
        yield from _credentials(case, link)
    yield from _bare_attempts(case)
    yield from _path(case)
    yield from _login_refused(case)


def _tls(case: Case, link: Link) -> Iterator[Observation]:
    if link.first_bytes is None or case.proxied:
        return
    if link.first_bytes.looks_like == "tls":
        yield held(USES_TLS, link.first_bytes.index, link=link.number)
    elif link.first_bytes.looks_like == "clear-text upgrade":
        yield Observation(
            USES_TLS, False, (link.first_bytes.index,), "a TLS handshake on the port that was handed over",
            "a WebSocket upgrade in clear text", link=link.number,
        )  # fmt: skip


def _upgrade(link: Link) -> Iterator[Observation]:
    for upgrade in link.upgrades:
        if upgrade.problems:
            yield Observation(
                VALID_UPGRADE, False, (upgrade.index,), "an upgrade request as RFC 6455 section 4.1 has it",
                "; ".join(upgrade.problems), cause="; ".join(upgrade.problems), link=link.number,
            )  # fmt: skip
        else:
            yield held(VALID_UPGRADE, upgrade.index, link=link.number)


def _frames(link: Link) -> Iterator[Observation]:
    broken = link.broken
    if broken is None or is_bad_text(broken.what):
        if link.received and not link.tainted:
            yield held(VALID_FRAMES, link.received[0].index, link=link.number)
        return
    # Close frames with a reserved code harm nobody, and how large a message may be is ours alone.
    harmless = "close" in broken.what.lower() or broken.code == TOO_BIG
    yield Observation(
        VALID_FRAMES, False, (broken.index,), "frames as RFC 6455 section 5 has them", broken.what,
        level=Level.MAY if harmless else None, cause=broken.what, link=link.number,
        perhaps=_TOO_BIG if broken.code == TOO_BIG else _RESERVED_CLOSE if harmless else "",
    )  # fmt: skip


_TOO_BIG = "a list is larger than this CMS takes, which is no rule; look whether it is meant to be"
_RESERVED_CLOSE = "the code that the library reports for an end without one is sent back; close with 1000 or 1001"


def is_bad_text(what: str) -> bool:
    """Whether a broken frame is one whose text is no UTF-8: that is the envelope's affair."""
    return "utf" in what.lower()


def _credentials(case: Case, link: Link) -> Iterator[Observation]:
    for upgrade, answer in _answered(link):
        if answer.status not in (101, 401) or upgrade.credentials == "none":
            continue
        if upgrade.credentials == "right":
            yield held(SENDS_CREDENTIALS, upgrade.index, link=link.number)
            continue
        well_formed = upgrade.credentials in ("wrong user", "wrong password")
        # What a person typed in is a hint; what a launched product was handed is its own affair.
        level = Level.MAY if well_formed and not case.presystem.launched else None
        yield Observation(
            SENDS_CREDENTIALS, False, (upgrade.index,), "HTTP Basic with the credentials that were handed over",
            f"Authorization was sent, but: {upgrade.credentials}", level, cause=upgrade.credentials, link=link.number,
            perhaps=_CREDENTIAL_HINTS[upgrade.credentials],
        )  # fmt: skip


_CREDENTIAL_HINTS = {
    "wrong user": "the user name is not the one that was handed over",
    "wrong password": "the password is not the one that was handed over, or it was changed on its way",
    "malformed": "user and password belong into Base64 as user:password, in UTF-8",
    "other scheme": "the library is set to another scheme than Basic",
}


def _answered(link: Link) -> Iterable[tuple[UpgradeRequested, UpgradeAnswered]]:
    for upgrade in link.upgrades:
        answer = next((a for a in link.upgrade_answers if a.index > upgrade.index), None)
        if answer is not None:
            yield upgrade, answer


def _bare_attempts(case: Case) -> Iterator[Observation]:
    bare: list[Attempt] = []
    for attempt in case.attempts:
        answered = [pair for link in attempt.links for pair in _answered(link)]
        if any(upgrade.credentials != "none" for upgrade, _ in answered):
            bare = []
        elif any(answer.status == 401 for _, answer in answered):
            bare.append(attempt)
        if len(bare) == BARE_ATTEMPTS:
            yield Observation(
                SENDS_CREDENTIALS, False, tuple(attempt.index for attempt in bare),
                "credentials at the latest after the challenge", "two more attempts without any",
                basis=Basis.POLICY, cause="none",
            )  # fmt: skip
            bare = []


def _path(case: Case) -> Iterator[Observation]:
    """Only who never asks rightly breaks the rule: the others may be anything, a prober's included.

    Who no longer asks rightly is told so, and is not said to keep it either.
    """
    upgrades = [upgrade for link in case.links for upgrade in link.upgrades]
    if not upgrades or not case.presystem.path:
        return
    right = [upgrade for upgrade in upgrades if path_of(upgrade.target) == handed_path(case.presystem)]
    if not right:
        yield Observation(
            USES_THE_PATH, False, tuple(upgrade.index for upgrade in upgrades), case.presystem.path,
            upgrades[0].target, None if case.presystem.launched else Level.MAY,
        )  # fmt: skip
        return
    strayed = _strayed(case, upgrades, right[-1])
    if strayed:
        yield Observation(
            USES_THE_PATH, False, tuple(upgrade.index for upgrade in strayed), case.presystem.path,
            f"{strayed[0].target} in all attempts after the first ones", Level.MAY, cause="later",
            perhaps="the address is put together anew, and otherwise, when the link is lost; keep the one handed over",
        )  # fmt: skip
        return
    yield held(USES_THE_PATH, right[0].index)
    extended = next((upgrade for upgrade in right if "?" in upgrade.target), None)
    if extended is not None:
        yield Observation(
            USES_THE_PATH, False, (extended.index,), case.presystem.path, extended.target, Level.MAY,
            message="The path may be used without the query that was added.", cause="query",
        )  # fmt: skip


def _strayed(case: Case, upgrades: list[UpgradeRequested], right: UpgradeRequested) -> list[UpgradeRequested]:
    """Requests after the last right one, if they stand for whole attempts and there are enough of them.

    Whoever was redirected may have been told to ask elsewhere.
    """
    later = [attempt for attempt in case.attempts if attempt.index > right.index and _asks(attempt)]
    if len(later) < STRAYING_ATTEMPTS or any(answer.status in REDIRECTS for answer in case.of(UpgradeAnswered)):
        return []
    return [upgrade for upgrade in upgrades if upgrade.index > later[0].index]


def _asks(attempt: Attempt) -> bool:
    return any(link.upgrades for link in attempt.links)


def _login_refused(case: Case) -> Iterator[Observation]:
    for run in runs_of(case.attempts, lambda attempt: attempt.login_refused):
        after = next((a for a in case.attempts if a.index > run[-1].index), None)
        watched = (after.at if after is not None else case.ends_at) - run[0].at
        if hammers(run, case.limits["retry_floor"], case.waiting):
            yield Observation(
                SLOWS_AFTER_REFUSAL, False, tuple(attempt.index for attempt in run),
                f"a stop, or at least {format_duration(case.limits['retry_floor'])} between attempts",
                told(run),
            )  # fmt: skip
        elif shows_pace(run, watched, case.limits["spacing_observe"], case.limits["retry_floor"]):
            yield held(SLOWS_AFTER_REFUSAL, *(attempt.index for attempt in run))
        else:
            times_said = "once" if len(run) == 1 else f"{len(run)} times"
            yield undecided(SLOWS_AFTER_REFUSAL, run[0].index, why=f"it tried {times_said}, which shows no pace; "
                            f"stopping after a refused login is right, but cannot be told from being slow")  # fmt: skip
