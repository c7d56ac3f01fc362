"""The fault vocabulary: fifteen verbs, one spelling in Python, plans, reports and by hand.

A fault is a value: it may be armed many times, in many scenarios. What it does is the injector's and the link's
business; which messages it means is told by its selector; which words its parameters take, in ``words``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Unpack

from mockpilot.errors import ScenarioError
from mockpilot.faults.selecting import Seconds, Selecting, Selector, at_least_one, known, seconds, selector
from mockpilot.faults.words import (
    ANSWER_KINDS,
    CERTIFICATE_KINDS,
    CHANGES,
    CLOCK_FORMS,
    DAMAGES,
    DROP_HOWS,
    DROP_WHENS,
    FORGOTTEN,
    INJECTED,
    PING_HOWS,
    REFUSE_HOWS,
    SLOW_HOWS,
)
from mockpilot.protocol.envelope import Action

VERBS = {
    "lose": "one confirmation, error or push never leaves",
    "delay": "the same leaves later, also beyond a deadline",
    "repeat": "the same leaves more than once, with the same id",
    "swap": "two messages change places",
    "answer": "valid JSON with another meaning: error, rejected, wrong id, wrong action, wrong presystem",
    "damage": "malformed payloads and frames, and such as only look it: fragments, huge messages",
    "inject": "something nobody asked for",
    "drop": "one link ends: close code, end, reset, silence or a TLS record cut in the middle",
    "refuse": "the next connections are refused: no TCP, dropped at once, HTTP status, redirect, subprotocol",
    "certificate": "the next TLS handshakes show a certificate or version that is bad in exactly one way",
    "slow": "transport pressure: few bytes a second, small pieces, or nothing read",
    "ping": "WebSocket control frames: many pings, or no pongs",
    "forget": "amnesia of the CMS: requests, sessions or all",
    "change": "what pushes say of the depot",
    "clock": "our time stamps: skew, jump, form",
}
"""Every verb with what it reaches."""
HOLD = "hold"
"""What a person does in a verb's place."""


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
    jitter_s: float = 0.0
    """delay: up to so many seconds more, by chance."""
    times: int = 2
    """repeat: how many copies in all."""
    gap_s: float = 0.0
    """repeat: seconds between copies."""
    kind: str = ""
    """answer, certificate, inject: which."""
    text: str = ""
    """answer error: the text; inject: the message."""
    how: str = ""
    """damage, drop, refuse, slow, ping, forget, change: in which way."""
    code: int | None = None
    """drop close: the close code, None for a Close frame without one."""
    when: str = "now"
    """drop: at which moment of the selected message."""
    down_s: float = 0.0
    """drop: seconds in which TCP is refused afterwards."""
    status: int = 0
    """refuse: the HTTP status."""
    location: str = ""
    """refuse redirect: where to; empty for another host of ours."""
    attempts: int | None = None
    """refuse, certificate: how many connections meet it; None until it is disarmed."""
    size: int = 0
    """damage huge: bytes; slow: bytes a piece."""
    rate: float = 0.0
    """slow: bytes a second; ping: pings a second."""
    point: str = ""
    """change: the charging point meant; empty for one that nobody uses."""
    to: str = ""
    """change: the new id, status or fault code."""
    skew_s: float = 0.0
    """clock: seconds that our stamps are ahead, negative for behind."""
    form: str = ""
    """clock: how stamps are written."""

    def described(self) -> dict[str, Any]:
        """Its parameters as plain data, defaults left out; for the recording."""
        plain = Fault(self.do)
        changed = {key: value for key, value in asdict(self).items() if value != getattr(plain, key)}
        kept = {key: value for key, value in changed.items() if key not in ("do", "selects", "name", "optional")}
        return kept | self.selects.described()


def _fault(do: str, given: Selecting, selects: Selector, **parameters: Any) -> Fault:
    return Fault(do, selects, given.get("name", ""), given.get("optional", False), **parameters)


def lose(
    type: str, action: str | None = None, *, applied: bool = True, direction: str = "out",  # noqa: A002
    times: int | None = None, **selects: Unpack[Selecting],
) -> Fault:  # fmt: skip
    """A message never leaves, or (direction ``in``) is never read.

    Args:
        applied: the depot takes the list even so whose confirmation is lost; nobody takes one that is never read.
    """
    meant = selector("lose", selects, type_name=type, action=action, direction=direction, times=times)
    return _fault("lose", selects, meant, applied=applied)


def delay(
    type: str, action: str | None = None, *, by: Seconds, jitter: Seconds = 0.0, applied: bool = True,  # noqa: A002
    times: int | None = None, **selects: Unpack[Selecting],
) -> Fault:  # fmt: skip
    """A message of ours leaves ``by`` later, and up to ``jitter`` more by chance."""
    by_s = seconds("delay: by", by)
    if by_s == 0:
        raise ScenarioError(f"delay: by must be seconds above zero, found {by}")
    meant = selector("delay", selects, type_name=type, action=action, times=times)
    return _fault("delay", selects, meant, applied=applied, by_s=by_s, jitter_s=seconds("delay: jitter", jitter))


def repeat(
    type: str, action: str | None = None, *, times: int = 2, gap: Seconds = 0.0, **selects: Unpack[Selecting]  # noqa: A002
) -> Fault:
    """A message of ours leaves ``times`` times, ``gap`` apart."""
    if times < 2:
        raise ScenarioError(f"repeat: times must be 2 or more, found {times}")
    meant = selector("repeat", selects, type_name=type, action=action)
    return _fault("repeat", selects, meant, times=times, gap_s=seconds("repeat: gap", gap))


def swap(type: str, action: str | None = None, *, times: int | None = None, **selects: Unpack[Selecting]) -> Fault:  # noqa: A002
    """A message of ours changes places with the next one on its link."""
    return _fault("swap", selects, selector("swap", selects, type_name=type, action=action, times=times))


def answer(
    action: str, kind: str, *, by: Seconds = 0.0, text: str = "", applied: bool = False, times: int | None = None,
    **selects: Unpack[Selecting],
) -> Fault:  # fmt: skip
    """A request of the presystem is answered otherwise than it should, ``by`` later: see ``ANSWER_KINDS``."""
    known("answer: kind", kind, ANSWER_KINDS)
    if kind == "rejected" and action != Action.BOOT_NOTIFICATION:
        raise ScenarioError(f"answer: kind 'rejected' answers a BootNotification only, found {action!r}")
    meant = selector("answer", selects, type_name="confirmation", action=action, times=times)
    return _fault("answer", selects, meant, applied=applied, by_s=seconds("answer: by", by), kind=kind, text=text)


def damage(
    how: str, type: str = "request", action: str | None = None, *, size: int = 0, times: int | None = None,  # noqa: A002
    **selects: Unpack[Selecting],
) -> Fault:  # fmt: skip
    """A message of ours leaves malformed, or in an unusual form: see ``DAMAGES``; ``size`` in bytes, for ``huge``."""
    known("damage: how", how, tuple(DAMAGES))
    if (how == "huge") is not (size > 0):
        raise ScenarioError(f"damage: size goes with how 'huge' and is bytes above zero, found {size} with {how!r}")
    if how in ("huge", "split-utf8") and type != "request":
        raise ScenarioError(f"damage: how {how!r} needs a push, so type 'request' is expected, found {type!r}")
    if how == "unknown-value" and type != "request" and (type, action) != ("confirmation", Action.BOOT_NOTIFICATION):
        raise ScenarioError(
            f"damage: how 'unknown-value' needs a message with an enumeration: type 'request', or 'confirmation' of a "
            f"BootNotification; found {type!r} of {action!r}"
        )
    meant = selector("damage", selects, type_name=type, action=action, times=times)
    return _fault("damage", selects, meant, how=how, size=size)


def inject(kind: str, action: str | None = None, *, text: str = "", **selects: Unpack[Selecting]) -> Fault:
    """A message that nobody asked for leaves once on every link meant: a stray answer, or ``text`` as it is."""
    known("inject: kind", kind, INJECTED)
    if (kind == "message") is not bool(text):
        raise ScenarioError(f"inject: text goes with kind 'message', found {text[:60]!r} with {kind!r}")
    return _fault("inject", selects, selector("inject", selects, action=action), kind=kind, text=text)


def drop(
    how: str, *, action: str | None = None, type: str | None = None, when: str = "now", code: int | None = 1001,  # noqa: A002
    down: Seconds = 0.0, times: int | None = None, **selects: Unpack[Selecting],
) -> Fault:  # fmt: skip
    """A link ends, at once or at a moment of a selected message of the presystem: see ``DROP_HOWS``, ``DROP_WHENS``."""
    known("drop: how", how, DROP_HOWS)
    known("drop: when", when, DROP_WHENS)
    if when != "now" and action is None:
        raise ScenarioError(f"drop: when {when!r} needs the action that it waits for")
    if code is not None and not (1000 <= code <= 4999 and code not in (1004, 1005, 1006, 1015)):
        raise ScenarioError(f"drop: code must be one that a Close frame may hold, from 1000 to 4999, found {code}")
    waits = when != "now"
    meant = selector(
        "drop", selects, type_name=(type or "request") if waits else None, action=action if waits else None,
        direction="in" if waits else "out", times=times,
    )  # fmt: skip
    down_s = seconds("drop: down", down)
    return _fault("drop", selects, meant, applied=False, how=how, code=code, when=when, down_s=down_s)


def refuse(
    how: int | str, *, attempts: int | None = None, location: str = "", **selects: Unpack[Selecting]
) -> Fault:
    """The next connections are refused: an HTTP status such as 503 before the upgrade, or one of ``REFUSE_HOWS``."""
    at_least_one("refuse: attempts", attempts)
    meant = selector("refuse", selects)
    if isinstance(how, int):
        if not 400 <= how <= 599:
            raise ScenarioError(f"refuse: an HTTP status from 400 to 599 or a word is expected, found {how}")
        return _fault("refuse", selects, meant, how="http", status=how, attempts=attempts)
    known("refuse: how", how, REFUSE_HOWS)
    if how == "tcp" and attempts is not None:
        raise ScenarioError("refuse: attempts cannot be counted while TCP is refused; disarm it instead")
    if how == "tcp" and meant.until is not None:
        raise ScenarioError(f"refuse: until of how 'tcp' is a duration, since nothing passes by meanwhile; "
                            f"found {meant.until!r}")  # fmt: skip
    if location and how != "redirect":
        raise ScenarioError(f"refuse: location goes with how 'redirect', found {location!r} with {how!r}")
    return _fault("refuse", selects, meant, how=how, location=location, attempts=attempts)


def certificate(kind: str, *, handshakes: int | None = None, **selects: Unpack[Selecting]) -> Fault:
    """The next TLS handshakes show a bad certificate or another version: see ``CERTIFICATE_KINDS``."""
    known("certificate: kind", kind, CERTIFICATE_KINDS)
    at_least_one("certificate: handshakes", handshakes)
    return _fault("certificate", selects, selector("certificate", selects), kind=kind, attempts=handshakes)


def slow(how: str = "trickle", *, rate: float = 0.0, chunk: int = 0, **selects: Unpack[Selecting]) -> Fault:
    """What we send trickles, ``rate`` bytes a second in pieces of ``chunk`` bytes; or (``no-read``) nothing is read."""
    known("slow: how", how, SLOW_HOWS)
    if (how == "trickle") is not (rate > 0 and chunk > 0):
        raise ScenarioError(f"slow: rate and chunk go with how 'trickle' and are above zero, found {rate} and {chunk}")
    return _fault("slow", selects, selector("slow", selects), how=how, rate=rate, size=chunk)


def ping(how: str = "flood", *, rate: float = 0.0, **selects: Unpack[Selecting]) -> Fault:
    """Pings leave ``rate`` times a second; or (``withhold-pong``) the presystem's own pings stay unanswered."""
    known("ping: how", how, PING_HOWS)
    if (how == "flood") is not (rate > 0):
        raise ScenarioError(f"ping: rate goes with how 'flood' and is pings a second above zero, found {rate}")
    return _fault("ping", selects, selector("ping", selects), how=how, rate=rate)


def forget(what: str = "all", **selects: Unpack[Selecting]) -> Fault:
    """The CMS forgets at once: the stored requests, the sessions (so that every link is un-booted), or all."""
    known("forget: what", what, FORGOTTEN)
    return _fault("forget", selects, selector("forget", selects), how=what)


def change(
    how: str, *, point: str = "", to: str = "", times: int | None = None, **selects: Unpack[Selecting]
) -> Fault:
    """Pushes say something else of the depot: see ``CHANGES``; ``to`` is the new id, status or fault code."""
    known("change: how", how, tuple(CHANGES))
    meant = selector("change", selects, type_name="request", action=Action.PROVIDE_CHARGING_INFORMATION, times=times)
    return _fault("change", selects, meant, how=how, point=point, to=to)


def clock(*, skew: float | str = 0.0, form: str = "", times: int | None = None, **selects: Unpack[Selecting]) -> Fault:
    """Our stamps are off by ``skew`` (negative: behind) or written otherwise (``CLOCK_FORMS``); ``after``: a jump."""
    if form:
        known("clock: form", form, tuple(CLOCK_FORMS))
    skew_s = _signed("clock: skew", skew)
    if bool(form) is (skew_s != 0):
        raise ScenarioError(f"clock: either a skew other than zero or a form is expected, found {skew!r} and {form!r}")
    return _fault("clock", selects, selector("clock", selects, times=times), skew_s=skew_s, form=form)


def _signed(what: str, found: float | str) -> float:
    if isinstance(found, str):
        behind = found.startswith("-")
        read = seconds(what, found.removeprefix("-").strip())
        return -read if behind else read
    return -seconds(what, -found) if found < 0 else seconds(what, found)
