"""What a person has to be asked for each verb: the parameters of its constructor, with the words that they take. Pure.

Buttons and command lines are drawn from this; whether an answer fits is for the constructors to say.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from mockpilot.faults import words
from mockpilot.faults.plan import DURATIONS, parameters
from mockpilot.faults.selecting import DIRECTIONS, Selecting
from mockpilot.protocol.envelope import Action, MessageType

Kind = Literal["choice", "duration", "number", "whole", "text", "flag", "numbers"]

STATUSES = ("401", "403", "404", "500", "503")
"""HTTP statuses that are offered for a refusal; any other from 400 to 599 is as good."""
_CHOICES: Mapping[tuple[str, str], Sequence[str]] = {
    ("answer", "kind"): words.ANSWER_KINDS, ("damage", "how"): tuple(words.DAMAGES),
    ("inject", "kind"): words.INJECTED, ("drop", "how"): words.DROP_HOWS, ("drop", "when"): words.DROP_WHENS,
    ("refuse", "how"): (*words.REFUSE_HOWS, *STATUSES), ("certificate", "kind"): words.CERTIFICATE_KINDS,
    ("slow", "how"): words.SLOW_HOWS, ("ping", "how"): words.PING_HOWS, ("forget", "what"): words.FORGOTTEN,
    ("change", "how"): tuple(words.CHANGES), ("clock", "form"): tuple(words.CLOCK_FORMS),
}  # fmt: skip
_CHOICES_OF_ALL: Mapping[str, Sequence[str]] = {
    "type": tuple(member.name.lower() for member in MessageType), "action": tuple(Action), "direction": DIRECTIONS,
}  # fmt: skip
_KINDS: Mapping[type, Kind] = {bool: "flag", int: "whole", float: "number", str: "text"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One parameter."""

    name: str
    kind: Kind
    required: bool
    first: bool
    """Whether it can stand without its name."""
    choices: tuple[str, ...]
    default: str
    """As a person would write it; empty for none."""
    common: bool
    """Whether all verbs take it."""


def asked_of(verb: str) -> list[Asked]:
    """What a verb takes, its own parameters first."""
    shared = set(typing.get_type_hints(Selecting))
    return [_asked(verb, one, common=one.name in shared) for one in parameters(verb).values()]


def _asked(verb: str, one: inspect.Parameter, *, common: bool) -> Asked:
    choices = tuple(map(str, _CHOICES.get((verb, one.name)) or _CHOICES_OF_ALL.get(one.name, ())))
    required = one.default is inspect.Parameter.empty
    said = "" if required or one.default in (None, "") or one.default == 0 else str(one.default)
    return Asked(
        one.name, "choice" if choices else _kind(one), required, one.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD,
        choices, str(one.default).lower() if isinstance(one.default, bool) else said, common,
    )  # fmt: skip


def _kind(one: inspect.Parameter) -> Kind:
    if one.name in DURATIONS:
        return "duration"
    if one.name == "nth":
        return "numbers"
    parts = [part for part in (typing.get_args(one.annotation) or (one.annotation,)) if part in _KINDS]
    return _KINDS[parts[0]] if parts else "text"


def as_value(asked: Asked, text: str) -> object:
    """What a person wrote, as a plan has it; what cannot be read stays text, for the constructors to complain of."""
    match asked.kind:
        case "flag":
            return text in ("true", "yes", "on", "1")
        case "numbers" if not text.startswith("every"):
            numbers = [int(part) for part in text.replace(",", " ").split() if part.isdecimal()]
            return numbers[0] if len(numbers) == 1 else numbers or text
        case "whole" | "choice" if text.isdecimal():
            return int(text)
        case "number":
            return _number(text)
        case "text" if asked.name == "link" and text.isdecimal():
            return int(text)
    return text


def _number(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text
