"""Fault plans: a TOML text to the faults that it asks for, and back; every mistake is noted by its key. Pure.

Keys of a ``[[fault]]`` are ``do``, the verb, and the parameters of that verb's constructor, durations as text. What a
plan does with its faults is a scenario's business, and whether the requirements that it claims exist is not known here.
"""

from __future__ import annotations

import inspect
import json
import re
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import mockpilot.faults as constructors
from mockpilot.durations import parse_duration
from mockpilot.errors import ScenarioError
from mockpilot.faults.selecting import Selecting
from mockpilot.faults.verbs import VERBS, Fault
from mockpilot.protocol.envelope import Action
from mockpilot.toml_tables import Problems, Table, nearest, read_document, show

TABLES = ("title", "seed", "exercises", "needs", "provoke", "lasts", "fault")
"""What a plan consists of; ``fault`` is what tells it from other files."""
LASTS_S = 120.0
DURATIONS = ("by", "jitter", "gap", "down", "after", "until", "skew")
"""Parameters that are durations; ``after`` and ``until`` may name an action or a fault instead."""
NOTHING = "none"
"""How a plan writes a value that Python has as None: a close code that is left out."""


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """A plan: faults that are armed at the start, and what is claimed to be put to the test by them."""

    title: str
    faults: tuple[Fault, ...]
    exercises: tuple[str, ...] = ()
    """Requirement ids."""
    needs: tuple[str, ...] = ()
    provoke: str = ""
    """A step that is asked of the product, if any."""
    lasts_s: float = LASTS_S
    seed: int | None = None
    """Of all that faults leave to chance; None: the run's."""

    @property
    def seeded_faults(self) -> tuple[Fault, ...]:
        """Its faults, each with a seed of its own that follows from the plan's."""
        if self.seed is None:
            return self.faults
        return tuple(
            _with_seed(fault, self.seed * len(self.faults) + number) for number, fault in enumerate(self.faults)
        )


def _with_seed(fault: Fault, seed: int) -> Fault:
    leaves_to_chance = fault.selects.share is not None or fault.jitter_s > 0
    if not leaves_to_chance or fault.selects.seed is not None:
        return fault
    return replace(fault, selects=replace(fault.selects, seed=seed))


@cache
def parameters(verb: str) -> Mapping[str, inspect.Parameter]:
    """Parameters of a verb's constructor, with those that all verbs take; annotations are types."""
    make: Callable[..., Fault] = getattr(constructors, verb)
    hints = typing.get_type_hints(make)
    own = [one.replace(annotation=hints[one.name]) for one in inspect.signature(make).parameters.values()
           if one.kind is not inspect.Parameter.VAR_KEYWORD]  # fmt: skip
    shared = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=hint)
              for name, hint in typing.get_type_hints(Selecting).items()]  # fmt: skip
    return {one.name: one for one in (*own, *shared)}


# -- reading -----------------------------------------------------------------------------------------------------------


def read_plan(text: str, problems: Problems) -> FaultPlan:
    """Read a plan and note all mistakes; only without any the plan is one to work with."""
    document = read_document(text, problems, TABLES)
    title = document.required("title")
    tables = document.tables("fault", sorted({"do"} | {name for verb in VERBS for name in parameters(verb)}))
    if document.readable and "fault" not in document.wrong and not tables:
        document.note("fault", "at least one [[fault]] is expected")
    faults = tuple(fault for table in tables if (fault := _fault(table)) is not None)
    _check_moments(tables, problems)
    lasts_s = document.seconds("lasts", LASTS_S)
    if not lasts_s:
        document.note("lasts", "a duration longer than nothing is expected")
    seed = document.whole("seed", 0, least=0) if "seed" in document else None
    return FaultPlan(
        title, faults, _texts(document, "exercises"), _texts(document, "needs"), document.text("provoke"), lasts_s, seed
    )


def read_fault(values: Mapping[str, Any]) -> Fault:
    """Read one fault out of what a plan says of it.

    Raises:
        ScenarioError: names everything that is wrong.
    """
    problems = Problems("fault")
    table = Table(problems, "", dict(values), sorted({"do"} | {name for verb in VERBS for name in parameters(verb)}))
    fault = _fault(table)
    if fault is None or problems.found:
        told = [f"{one.key}: {one.problem}" if one.key else one.problem for one in problems.found]
        raise ScenarioError("; ".join(told) or "a fault is expected")
    return fault


def _texts(table: Table, name: str) -> tuple[str, ...]:
    values = table.values.get(name, [])
    if isinstance(values, list) and all(isinstance(value, str) for value in values):
        return tuple(values)
    table.note(name, f"a list of texts such as [\"L-03\"] is expected, found {show(values)}")
    return ()


def _fault(table: Table) -> Fault | None:
    if not table.needs("do"):
        return None
    verb = table.one_of("do", tuple(VERBS), "")
    if not verb:
        return None
    takes = parameters(verb)
    given = {name: _value(table, name, takes) for name in table.values if name != "do" and name in table.known}
    missing = [name for name, one in takes.items() if one.default is inspect.Parameter.empty and name not in given]
    for name in missing:
        table.note(name, "is missing")
    return _made(table, verb, given) if table.sound else None


def _value(table: Table, name: str, takes: Mapping[str, inspect.Parameter]) -> Any:
    value = table.values[name]
    if name not in takes:
        table.note(name, f"is no parameter of {table.values['do']}{nearest(name, takes)}")
    elif name in DURATIONS and not isinstance(value, str):
        table.note(name, f"a duration in quotes such as \"15 s\" is expected, found {show(value)}")
    elif value == NOTHING and _fits(None, takes[name].annotation):
        return None
    elif not _fits(value, takes[name].annotation):
        table.note(name, f"{_spoken(takes[name].annotation)} is expected, found {show(value)}")
    return value


def _made(table: Table, verb: str, given: dict[str, Any]) -> Fault | None:
    make: Callable[..., Fault] = getattr(constructors, verb)
    try:
        return make(**given)
    except ScenarioError as error:
        named = next((word for word in re.findall(r"\w+", str(error)) if word in given), "")
        table.note(named, str(error))
        return None


def _check_moments(tables: Sequence[Table], problems: Problems) -> None:
    names = [table.values.get("name") for table in tables]
    for number, table in enumerate(tables):
        if names[number] and names[number] in names[:number]:
            table.note("name", f"{names[number]!r} is the name of another fault; give this one its own")
        for key in ("after", "until"):
            moment = table.values.get(key)
            known = [str(name) for name in names if name] + [str(action) for action in Action]
            if isinstance(moment, str) and moment not in known and not _is_duration(moment):
                expected = "a duration, an action or the name of a fault"
                table.note(key, f"{expected} is expected, found {moment!r}{nearest(moment, known)}")


def _is_duration(text: str) -> bool:
    try:
        parse_duration(text)
    except ValueError:
        return False
    return True


def _fits(value: Any, hint: Any) -> bool:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return any(_fits(value, one) for one in typing.get_args(hint))
    if origin is not None:  # a sequence of something
        return isinstance(value, list) and all(_fits(item, typing.get_args(hint)[0]) for item in value)
    if hint is type(None):
        return value is None
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, hint) and (hint is bool or not isinstance(value, bool))


_WORDS = {int: "a whole number", float: "a number", str: "text in quotes", bool: "true or false"}


def _spoken(hint: Any) -> str:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return " or ".join(_spoken(one) for one in typing.get_args(hint) if one is not type(None))
    return _WORDS.get(hint) or "a list of whole numbers"


# -- writing -----------------------------------------------------------------------------------------------------------


def write_plan(plan: FaultPlan) -> str:
    """Write a plan; reading it again gives the same."""
    lines = [f"title = {_toml(plan.title)}"]
    if plan.seed is not None:
        lines.append(f"seed = {plan.seed}")
    for name in ("exercises", "needs", "provoke"):
        value = getattr(plan, name)
        lines += [f"{name} = {_toml(value)}"] if value else []
    if plan.lasts_s != LASTS_S:
        lines.append(f"lasts = {_toml(_duration(plan.lasts_s))}")
    for fault in plan.faults:
        lines += ["", "[[fault]]", *(f"{name} = {_toml(value)}" for name, value in given(fault).items())]
    return "\n".join(lines) + "\n"


def given(fault: Fault) -> dict[str, Any]:
    """What a plan has to say to get that fault: ``do`` and the parameters that are not at their default."""
    found: dict[str, Any] = {"name": fault.name} if fault.name else {}
    found["do"] = fault.do
    for name, one in parameters(fault.do).items():
        value = _parameter(fault, name)
        if name not in found and value not in (_EMPTY.get(name, one.default), one.default):
            found[name] = NOTHING if value is None else value
    return found


_EMPTY: dict[str, Any] = {"optional": False, "name": "", "type": None, "direction": "out"}
"""Values that say nothing, where a constructor's default is another way to say the same."""

_FIELDS = {
    "by": "by_s", "jitter": "jitter_s", "gap": "gap_s", "down": "down_s", "skew": "skew_s", "handshakes": "attempts",
    "chunk": "size", "what": "how",
}  # fmt: skip
"""Parameters that a fault keeps under another name."""


def _parameter(fault: Fault, name: str) -> Any:
    selects = fault.selects
    match name:
        case "type":
            return selects.type.name.lower() if selects.type is not None else None
        case "nth":
            return f"every {selects.every}" if selects.every else _unwrapped(selects.nth)
        case "after" | "until":
            seconds = getattr(selects, f"{name}_s")
            return getattr(selects, name) if seconds is None else _duration(seconds)
        case "times" if fault.do != "repeat":
            return selects.times
        case "action":
            return str(selects.action) if selects.action is not None else None
        case "link" | "share" | "seed" | "direction":
            return getattr(selects, name)
        case "how" if fault.how == "http":
            return fault.status
    value = getattr(fault, _FIELDS.get(name, name))
    return _duration(value) if name in DURATIONS and value else value


def _unwrapped(numbers: tuple[int, ...] | None) -> int | list[int] | None:
    return numbers[0] if numbers is not None and len(numbers) == 1 else list(numbers) if numbers else None


def _duration(seconds: float) -> str:
    return f"{seconds:.6f}".rstrip("0").rstrip(".") + " s"


def _toml(value: Any) -> str:
    if isinstance(value, tuple | list):
        return f"[{', '.join(_toml(item) for item in value)}]"
    # What JSON writes of texts, numbers and truth values is TOML too, but for one control character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def examples() -> Iterator[tuple[str, Fault]]:
    """One fault of every verb, for whoever explains them."""
    push, lists, boot = Action.PROVIDE_CHARGING_INFORMATION, Action.PROVIDE_CHARGING_REQUESTS, Action.BOOT_NOTIFICATION
    yield "lose", constructors.lose("confirmation", lists, nth=1, applied=False)
    yield "delay", constructors.delay("confirmation", lists, by="20 s", nth=1)
    yield "repeat", constructors.repeat("request", push, nth=2)
    yield "swap", constructors.swap("confirmation", boot, nth=1)
    yield "answer", constructors.answer(lists, "error", text="The depot is closed.", nth=1)
    yield "damage", constructors.damage("extra-field", action=push, nth="every 3")
    yield "inject", constructors.inject("confirmation", lists, after="30 s")
    yield "drop", constructors.drop("reset", action=lists, when="before-answer", nth=1, down="20 s")
    yield "refuse", constructors.refuse(503, attempts=3)
    yield "certificate", constructors.certificate("expired", handshakes=2)
    yield "slow", constructors.slow(rate=500, chunk=50)
    yield "ping", constructors.ping(rate=5)
    yield "forget", constructors.forget("requests", after=lists)
    yield "change", constructors.change("vanish", times=3)
    yield "clock", constructors.clock(skew="-2 h", after="20 s", until="80 s")
