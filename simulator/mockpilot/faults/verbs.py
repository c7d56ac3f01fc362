"""The fault vocabulary: verbs and selectors as records, one spelling in Python, plans, reports and by hand.

Fifteen verbs are the whole language. Those whose constructor is missing here are not offered yet; ``VERBS`` says
which. A fault is a value: it may be armed many times, in many scenarios.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from mockpilot.errors import ScenarioError
from mockpilot.protocol.envelope import Action, MessageType

VERBS = {
    "lose": "one confirmation, error or push never leaves",
    "delay": "the same leaves later, also beyond a deadline",
    "repeat": "the same leaves more than once, with the same id",
    "answer": "valid JSON with another meaning: error, rejected, wrong id, wrong action, wrong presystem",
    "drop": "one link ends: close code, end, reset or silence",
    "refuse": "the next connections are refused: HTTP status or no TCP",
    "certificate": "the next TLS handshakes show a certificate that is bad in exactly one way",
    "swap": "two messages change places (not offered yet)",
    "damage": "malformed payloads and frames (not offered yet)",
    "inject": "something nobody asked for (not offered yet)",
    "slow": "transport pressure (not offered yet)",
    "ping": "WebSocket control frames (not offered yet)",
    "forget": "amnesia of the CMS (not offered yet)",
    "change": "what the next push says of the depot (not offered yet)",
    "clock": "our time stamps (not offered yet)",
}
"""Every verb with what it reaches."""

ANSWER_KINDS = ("error", "rejected", "wrong-id", "wrong-action", "wrong-presystem")
DROP_HOWS = ("close", "tls-end", "tcp-end", "reset", "silence")
DROP_WHENS = ("now", "before-read", "before-answer", "after-answer")
CERTIFICATE_KINDS = ("unknown-ca", "wrong-host")


@dataclass(frozen=True, slots=True)
class Selector:
    """Which messages a fault means; what is None selects all."""

    type: MessageType | None = None
    action: Action | None = None
    nth: tuple[int, ...] | None = None
    """Counted from arming, from 1, over all links, among messages that the rest of the selector matches."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One deliberate deviation: a verb, which messages or attempts it means, and its parameters."""

    do: str
    selects: Selector = field(default_factory=Selector)
    name: str = ""
    optional: bool = False
    """An optional fault that never fires spoils no verdict."""
    applied: bool = True
    """Whether the depot takes a list over although its answer is lost, late or wrong."""
    by_s: float = 0.0
    """delay, answer: how much later, in seconds."""
    times: int = 2
    """repeat: how many copies in all."""
    gap_s: float = 0.0
    """repeat: seconds between copies."""
    kind: str = ""
    """answer, certificate: which."""
    text: str = ""
    """answer error: the text."""
    how: str = ""
    """drop, refuse: in which way."""
    code: int | None = None
    """drop close: the close code, None for a Close frame without one."""
    when: str = "now"
    """drop: at which moment of the selected message."""
    status: int = 0
    """refuse: the HTTP status."""
    attempts: int | None = None
    """refuse, certificate: how many connections meet it; None until it is disarmed."""

    def described(self) -> dict[str, Any]:
        """Its parameters as plain data, defaults left out; for the recording."""
        plain = Fault(self.do)
        changed = {key: value for key, value in asdict(self).items() if value != getattr(plain, key)}
        chosen = {key: value for key, value in asdict(self.selects).items() if value is not None}
        return {key: value for key, value in changed.items() if key not in ("selects", "name", "optional")} | chosen


def lose(type: str, action: str | None = None, nth: int | Sequence[int] | None = None, *, applied: bool = True,  # noqa: A002
         name: str = "", optional: bool = False) -> Fault:  # fmt: skip
    """A message of ours never leaves; ``applied`` says whether the depot takes its list over all the same."""
    return Fault("lose", _selector(type, action, nth), name, optional, applied)


def delay(type: str, action: str | None = None, nth: int | Sequence[int] | None = None, *, by: float,  # noqa: A002
          applied: bool = True, name: str = "", optional: bool = False) -> Fault:  # fmt: skip
    """A message of ours leaves ``by`` seconds later."""
    if not 0 < by < math.inf:
        raise ScenarioError(f"delay: by must be seconds above zero, found {by}")
    return Fault("delay", _selector(type, action, nth), name, optional, applied, by_s=by)


def repeat(type: str, action: str | None = None, nth: int | Sequence[int] | None = None, *, times: int = 2,  # noqa: A002
           gap: float = 0.0, name: str = "", optional: bool = False) -> Fault:  # fmt: skip
    """A message of ours leaves ``times`` times, ``gap`` seconds apart."""
    if times < 2:
        raise ScenarioError(f"repeat: times must be 2 or more, found {times}")
    _seconds("repeat: gap", gap)
    return Fault("repeat", _selector(type, action, nth), name, optional, times=times, gap_s=gap)


def answer(action: str, kind: str, nth: int | Sequence[int] | None = None, *, by: float = 0.0, text: str = "",
           applied: bool = False, name: str = "", optional: bool = False) -> Fault:  # fmt: skip
    """A request of the presystem is answered otherwise than it should, ``by`` seconds later: see ``ANSWER_KINDS``."""
    _known("answer: kind", kind, ANSWER_KINDS)
    _seconds("answer: by", by)
    if kind == "rejected" and action != Action.BOOT_NOTIFICATION:
        raise ScenarioError(f"answer: kind 'rejected' answers a BootNotification only, found {action!r}")
    return Fault("answer", _selector("confirmation", action, nth), name, optional, applied, by, kind=kind, text=text)


def drop(how: str, *, action: str | None = None, type: str | None = None, nth: int | Sequence[int] | None = None,  # noqa: A002
         when: str = "now", code: int | None = 1001, name: str = "", optional: bool = False) -> Fault:  # fmt: skip
    """A link ends, at once or at a moment of a selected message of the presystem: see ``DROP_HOWS``, ``DROP_WHENS``."""
    _known("drop: how", how, DROP_HOWS)
    _known("drop: when", when, DROP_WHENS)
    if when != "now" and action is None:
        raise ScenarioError(f"drop: when {when!r} needs the action that it waits for")
    if code is not None and not (1000 <= code <= 4999 and code not in (1004, 1005, 1006, 1015)):
        raise ScenarioError(f"drop: code must be one that a Close frame may hold, from 1000 to 4999, found {code}")
    selects = _selector(type or "request", action, nth) if when != "now" else Selector()
    return Fault("drop", selects, name, optional, applied=False, how=how, code=code, when=when)


def refuse(how: int | str, *, attempts: int | None = None, name: str = "", optional: bool = False) -> Fault:
    """The next connections are refused: an HTTP status such as 503 before the upgrade, or ``tcp``."""
    _attempts("refuse: attempts", attempts)
    if isinstance(how, int):
        if not 400 <= how <= 599:
            raise ScenarioError(f"refuse: an HTTP status from 400 to 599 or 'tcp' is expected, found {how}")
        return Fault("refuse", name=name, optional=optional, how="http", status=how, attempts=attempts)
    _known("refuse: how", how, ("tcp",))
    if attempts is not None:
        raise ScenarioError("refuse: attempts cannot be counted while TCP is refused; disarm it instead")
    return Fault("refuse", name=name, optional=optional, how=how)


def certificate(kind: str, *, handshakes: int | None = None, name: str = "", optional: bool = False) -> Fault:
    """The next TLS handshakes show a bad certificate: see ``CERTIFICATE_KINDS``."""
    _known("certificate: kind", kind, CERTIFICATE_KINDS)
    _attempts("certificate: handshakes", handshakes)
    return Fault("certificate", name=name, optional=optional, kind=kind, attempts=handshakes)


def _selector(type_name: str | None, action: str | None, nth: int | Sequence[int] | None) -> Selector:
    if type_name is not None:
        _known("type", type_name, tuple(member.name.lower() for member in MessageType))
    if action is not None:
        _known("action", action, tuple(Action))
    numbers = (nth,) if isinstance(nth, int) else None if nth is None else tuple(nth)
    if numbers is not None and (not numbers or min(numbers) < 1):
        raise ScenarioError(f"nth counts messages from 1, found {nth}")
    return Selector(
        MessageType[type_name.upper()] if type_name else None, Action(action) if action else None, numbers
    )


def _seconds(what: str, found: float) -> None:
    if not 0 <= found < math.inf:
        raise ScenarioError(f"{what} must be seconds, zero or more, found {found}")


def _attempts(what: str, found: int | None) -> None:
    if found is not None and found < 1:
        raise ScenarioError(f"{what} must be 1 or more, found {found}")


def _known(what: str, found: str, known: Sequence[str]) -> None:
    if found not in known:
        raise ScenarioError(f"{what} is one of {', '.join(known)}; found {found!r}")
