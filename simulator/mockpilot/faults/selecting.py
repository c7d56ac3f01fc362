"""Which messages a fault means, and from when to when: the selectors, one spelling for all verbs.

A selector is a value and counts nothing; the injector counts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypedDict

from mockpilot.durations import parse_duration
from mockpilot.errors import ScenarioError
from mockpilot.protocol.envelope import Action, MessageType

Seconds = float | str
"""Seconds, or a duration as people write it."""
Moment = float | str
"""Seconds after arming or a duration; or an action, once such a request passed; or another fault, once it fired."""

DIRECTIONS = ("out", "in")


class Selecting(TypedDict, total=False):
    """What every verb takes beside its own parameters."""

    name: str
    """For ``after``, reports and evidence; made up if left out."""
    optional: bool
    """An optional fault that never fires spoils no verdict."""
    nth: int | Sequence[int] | str
    """Number, numbers or ``every N``: counted from arming, from 1, over all links, among messages that match."""
    link: int | str
    """Number of the TCP connection in its scenario, or the id of a presystem."""
    after: Moment
    until: Moment
    share: float
    """Chance with which a matching message is struck, above 0 and at most 1."""
    seed: int
    """Of that chance; left out, the scenario's own."""


@dataclass(frozen=True, slots=True)
class Selector:
    """Which messages a fault means; what is None selects all."""

    type: MessageType | None = None
    action: Action | None = None
    nth: tuple[int, ...] | None = None
    every: int | None = None
    direction: Literal["out", "in"] = "out"
    """Ours, or the presystem's."""
    link: int | str | None = None
    after_s: float | None = None
    """Seconds after arming."""
    after: str | None = None
    """An action or a fault's name."""
    until_s: float | None = None
    until: str | None = None
    share: float | None = None
    seed: int | None = None
    times: int | None = None
    """How often it strikes at most."""

    def described(self) -> dict[str, Any]:
        """What it selects by, as plain data; for the recording."""
        return {key: value for key, value in asdict(self).items() if value not in (None, "out")}


def selector(
    verb: str, given: Selecting, *, type_name: str | None = None, action: str | None = None, direction: str = "out",
    times: int | None = None,
) -> Selector:  # fmt: skip
    """Read what was given for a verb.

    Raises:
        ScenarioError: names the key, what is expected and what was found.
    """
    if type_name is not None:
        known("type", type_name, tuple(member.name.lower() for member in MessageType))
    if action is not None:
        known("action", action, tuple(Action))
    known("direction", direction, DIRECTIONS)
    if times is not None:
        at_least_one(f"{verb}: times", times)
    after_s, after = _moment(f"{verb}: after", given.get("after"))
    until_s, until = _moment(f"{verb}: until", given.get("until"))
    nth, every = _numbers(given.get("nth"))
    return Selector(
        MessageType[type_name.upper()] if type_name else None, Action(action) if action else None, nth, every,
        "in" if direction == "in" else "out", given.get("link"), after_s, after, until_s, until,
        _share(verb, given.get("share")), given.get("seed"), times,
    )  # fmt: skip


def seconds(what: str, found: Seconds) -> float:
    """Read seconds, zero or more.

    Raises:
        ScenarioError: they cannot be read.
    """
    try:
        read = parse_duration(found) if isinstance(found, str) else float(found)
    except ValueError as error:
        raise ScenarioError(f"{what}: {error}") from error
    if not 0 <= read < math.inf:
        raise ScenarioError(f"{what} must be seconds, zero or more, found {found}")
    return read


def known(what: str, found: object, words: Sequence[str]) -> None:
    """Refuse a word that is none of these.

    Raises:
        ScenarioError: names them.
    """
    if found not in words:
        raise ScenarioError(f"{what} is one of {', '.join(words)}; found {found!r}")


def at_least_one(what: str, found: int | None) -> None:
    """Refuse a count below one; None is no count.

    Raises:
        ScenarioError: it is below one.
    """
    if found is not None and found < 1:
        raise ScenarioError(f"{what} must be 1 or more, found {found}")


def _moment(what: str, found: Moment | None) -> tuple[float | None, str | None]:
    if found is None:
        return None, None
    if not isinstance(found, str):
        return seconds(what, found), None
    try:
        return parse_duration(found), None
    except ValueError:
        return None, found


def _numbers(found: int | Sequence[int] | str | None) -> tuple[tuple[int, ...] | None, int | None]:
    if isinstance(found, str):
        word, _, number = found.partition(" ")
        if word != "every" or not number.isdecimal() or int(number) < 1:
            raise ScenarioError(f"nth is a number, numbers or 'every N', found {found!r}")
        return None, int(number)
    numbers = (found,) if isinstance(found, int) else None if found is None else tuple(found)
    if numbers is not None and (not numbers or min(numbers) < 1):
        raise ScenarioError(f"nth counts messages from 1, found {found}")
    return numbers, None


def _share(verb: str, found: float | None) -> float | None:
    if found is not None and not 0 < found <= 1:
        raise ScenarioError(f"{verb}: share is a chance above 0 and at most 1, found {found}")
    return found
