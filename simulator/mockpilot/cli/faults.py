"""One fault in full, for ``mockpilot explain``: what it takes, and an example in a plan and in Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockpilot.faults.asking import Asked


def tell(verb: str) -> str:
    """Everything about one verb, empty if there is none of that name."""
    from mockpilot.faults.plan import examples
    from mockpilot.faults.verbs import VERBS

    if verb not in VERBS:
        return ""
    example = dict(examples())[verb]
    return "\n".join([
        f"fault {verb}", "", f"reaches      {VERBS[verb]}", "", *_parameters(verb), "", *_ways(verb), "in a plan", "",
        *_in_a_plan(example), "", "in Python", "", f"    {_in_python(example)}",
    ])  # fmt: skip


def own_parameters(verb: str) -> list[str]:
    """Names of what a verb takes beside what all of them do."""
    from mockpilot.faults.asking import asked_of

    return [one.name for one in asked_of(verb) if not one.common]


def _parameters(verb: str) -> Iterator[str]:
    from mockpilot.faults.asking import asked_of

    for one in asked_of(verb):
        if not one.common:
            yield f"  {one.name:<11}{_meaning(verb, one)}".rstrip()
    yield ""
    yield "selects by"
    for one in asked_of(verb):
        if one.common:
            yield f"  {one.name:<11}{_SELECTORS[one.name]}"


def _ways(verb: str) -> Iterator[str]:
    """What each word means, where that has to be told."""
    key, ways = _told_ways().get(verb, ("", {}))
    for way, meaning in ways.items():
        yield f"{key} {way:<20}{meaning}"
    yield from [""] if ways else []


def _told_ways() -> Mapping[str, tuple[str, Mapping[str, str]]]:
    """By verb the parameter whose words are told one by one, and what they mean."""
    from mockpilot.faults.words import CHANGES, CLOCK_FORMS, DAMAGES

    return {"damage": ("how", DAMAGES), "change": ("how", CHANGES), "clock": ("form", CLOCK_FORMS)}


def _meaning(verb: str, one: Asked) -> str:
    said = [_choices(verb, one) or _KINDS.get(one.name, "")]
    if one.required:
        said.append("needed")
    elif one.default not in ("", "false"):
        said.append(f"default {one.default}")
    return " · ".join(part for part in said if part)


def _choices(verb: str, one: Asked) -> str:
    from mockpilot.faults.words import REFUSE_HOWS

    if one.name == _told_ways().get(verb, ("", {}))[0]:
        return "one of those below"
    if (verb, one.name) == ("refuse", "how"):
        return ", ".join(["an HTTP status from 400 to 599", *REFUSE_HOWS])
    return ", ".join(one.choices)


_KINDS = {
    "applied": "whether the depot takes the list all the same",
    "by": "how much later, a duration", "jitter": "up to so much more by chance, a duration",
    "gap": "between copies, a duration", "down": "how long TCP is refused afterwards, a duration",
    "skew": "how far our stamps are ahead, a duration; with a minus, behind", "times": "how often",
    "text": "the text that is sent", "size": "bytes", "code": "the close code; \"none\" is a Close without one",
    "attempts": "how many connections meet it", "handshakes": "how many handshakes meet it",
    "location": "where a redirect leads", "rate": "a second: bytes of slow, pings of ping", "chunk": "bytes a piece",
    "point": "id of a charging point; left out, one that nobody uses", "to": "the new id, status or fault code",
}  # fmt: skip
_SELECTORS = {
    "name": "for after, reports and evidence", "optional": "true: one that never fires spoils no verdict",
    "nth": "a number, several, or \"every N\": counted from arming among messages that match",
    "link": "number of the TCP connection, or a presystem's id",
    "after": "a duration from arming; an action, once such a request passed; a fault, after its last firing",
    "until": "the same, for the end", "share": "a chance above 0 and at most 1", "seed": "of that chance",
}  # fmt: skip


def _in_a_plan(example: Any) -> Iterator[str]:
    from mockpilot.faults.plan import FaultPlan, write_plan

    lines = write_plan(FaultPlan("", (example,))).splitlines()
    yield from (f"    {line}" for line in lines[lines.index("[[fault]]") :])


def _in_python(example: Any) -> str:
    from mockpilot.faults.plan import given

    said = given(example)
    verb = said.pop("do")
    return f"{verb}({', '.join(f'{name}={value!r}' for name, value in said.items())})"
