"""How far connections came that opened no link, as somebody who waits for one wants to be told. Pure: events in.

What a fault of ours turned away says nothing of the product and is left out. Knows no rules: whether any of it is the
product's mistake is not said here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from mockpilot.history.events import (
    Event,
    FirstBytes,
    LinkEnded,
    Presystem,
    ScenarioStarted,
    TcpAccepted,
    TlsEstablished,
    TlsFailed,
    UpgradeAnswered,
    UpgradeRequested,
)

MOST_TOLD = 3
"""Ways of being turned away that are told; a product may ask for another path each time."""
_GOOD = "good"
_NOT_TRUSTED = {
    "tlsv1 alert unknown ca": "it does not trust the CA",
    "sslv3 alert certificate unknown": "it does not accept the certificate",
    "sslv3 alert bad certificate": "it does not accept the certificate",
    "ssl/tls alert certificate unknown": "it does not accept the certificate",
    "ssl/tls alert bad certificate": "it does not accept the certificate",
}
"""Alerts of clients that verify, as OpenSSL 1.1 to 3.4 spell them."""
_WORDS = {
    "wrong user": "the user was {found!r}, expected is {expected!r}",
    "wrong password": "the password was wrong",
    "malformed": "the credentials were malformed, expected is HTTP Basic",
    "other scheme": "the credentials were of another scheme, expected is HTTP Basic",
    "none": "no credentials came with it",
}


class TurnedAway(NamedTuple):
    """One way in which a connection came to nothing."""

    what: str
    """Such as ``refused``."""
    why: str
    """Such as `` with 401: the password was wrong``."""
    is_usual: bool = False
    """Once, it is how some clients begin."""

    def told(self, times: int = 1) -> str:
        """The sentence, with how often where that is more than once."""
        return f"{self.what}{f' {times} times' if times > 1 else ''}{self.why}"


@dataclass(slots=True)
class Arrivals:
    """Counts what came to nothing since a link last opened; ``take`` every event of a recording."""

    turned_away: Counter[TurnedAway] = field(default_factory=Counter)
    opened: int = 0
    """Links that opened."""
    _expected: Presystem | None = None
    _ours: set[int | None] = field(default_factory=set)
    """Connections that met what we made bad, or that came elsewhere."""
    _shook_hands: set[int | None] = field(default_factory=set)
    """Connections with TLS and without a request so far."""
    _requests: dict[int | None, UpgradeRequested] = field(default_factory=dict)

    def take(self, event: Event) -> TurnedAway | None:
        """Count an event; answers how a connection was turned away, if that is what it tells."""
        self._remember(event)
        turned_away = self._turned_away(event) if event.link not in self._ours else None
        if turned_away is not None:
            self.turned_away[turned_away] += 1
        return turned_away

    def __str__(self) -> str:
        """All of it in one sentence; empty if there is nothing to tell."""
        return "; ".join(one.told(times) for one, times in self.turned_away.most_common(MOST_TOLD))

    def _remember(self, event: Event) -> None:
        match event:
            case ScenarioStarted():
                self._expected = event.presystem
            case TcpAccepted() if event.elsewhere or event.certificate != _GOOD:
                self._ours.add(event.link)
            case TlsEstablished():
                self._shook_hands.add(event.link)
            case UpgradeRequested():
                self._requests[event.link] = event
                self._shook_hands.discard(event.link)
            case UpgradeAnswered(status=101):
                self.turned_away.clear()
                self.opened += 1

    def _turned_away(self, event: Event) -> TurnedAway | None:
        match event:
            case FirstBytes() if event.looks_like.startswith("clear-text"):
                return TurnedAway("refused", ": it spoke clear text, expected is wss://")
            case FirstBytes() if event.looks_like != "tls":
                return TurnedAway("refused", f": it began with no TLS but {event.looks_like}")
            case TlsFailed():
                return TurnedAway("TLS failed", f": {tls_words(event)}")
            case LinkEnded() if event.link in self._shook_hands and event.by == "product":
                return TurnedAway("left", " behind the TLS handshake without a word; does it trust the CA?")
            case UpgradeAnswered() if event.status != 101 and event.fault is None:
                return self._refused(event)
        return None

    def _refused(self, event: UpgradeAnswered) -> TurnedAway:
        seen, expected = self._requests.get(event.link), self._expected
        why = _why_refused(event.status, seen, expected) if seen is not None and expected is not None else ""
        usual = event.status == 401 and seen is not None and seen.credentials == "none"
        return TurnedAway("refused", f" with {event.status}{f': {why}' if why else ''}", usual)


def tls_words(event: TlsFailed) -> str:
    """Why a TLS handshake failed, as far as the alert or the end of it tells."""
    if event.reason in _NOT_TRUSTED:
        return f"{_NOT_TRUSTED[event.reason]} ({event.reason})"
    if event.ended_by == "product" and event.reason.startswith("TCP"):
        return f"it left the handshake without an alert ({event.reason}); does it trust the CA?"
    return event.reason


def _why_refused(status: int, seen: UpgradeRequested, expected: Presystem) -> str:
    match status:
        case 401:
            return login_words(seen, expected.user)
        case 404:
            return path_words(seen, expected.path)
    return "; ".join(seen.problems)


def path_words(seen: UpgradeRequested, expected: str) -> str:
    """That the path of a request for a link was another one than expected."""
    return f"the path was {seen.target}, expected is {expected}"


def login_words(seen: UpgradeRequested, user: str) -> str:
    """What was wrong with the credentials of a request for a link; empty where they were right.

    Args:
        seen: the request.
        user: expected.
    """
    return _WORDS.get(seen.credentials, "").format(found=seen.user, expected=user)


def arrivals_of(history: Iterable[Event]) -> Arrivals:
    """Those of a whole recording."""
    arrivals = Arrivals()
    for event in history:
        arrivals.take(event)
    return arrivals
