"""One fault in full, for ``mockpilot explain``: what it takes, and an example in a plan and in Python."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import Any


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
    from mockpilot.faults.plan import parameters
    from mockpilot.faults.selecting import Selecting

    return [name for name in parameters(verb) if name not in Selecting.__annotations__]


def _parameters(verb: str) -> Iterator[str]:
    from mockpilot.faults.plan import parameters

    own = own_parameters(verb)
    for name, one in parameters(verb).items():
        if name in own:
            yield f"  {name:<11}{_meaning(verb, name, one)}".rstrip()
    yield ""
    yield "selects by"
    for name in parameters(verb):
        if name not in own:
            yield f"  {name:<11}{_SELECTORS[name]}"


def _ways(verb: str) -> Iterator[str]:
    """What each word means, where that has to be told."""
    from mockpilot.faults.verbs import CHANGES, CLOCK_FORMS, DAMAGES

    key, ways = {"damage": ("how", DAMAGES), "change": ("how", CHANGES), "clock": ("form", CLOCK_FORMS)}.get(
        verb, ("", {})
    )
    for way, meaning in ways.items():
        yield f"{key} {way:<20}{meaning}"
    yield from [""] if ways else []


def _meaning(verb: str, name: str, one: inspect.Parameter) -> str:
    choices = _choices().get((verb, name), _choices().get(("", name)))
    said = ["one of those below" if choices == () else ", ".join(choices) if choices else _KINDS.get(name, "")]
    if one.default is inspect.Parameter.empty:
        said.append("needed")
    elif one.default not in (None, "", 0, 0.0):
        said.append(f"default {str(one.default).lower() if isinstance(one.default, bool) else one.default}")
    return " · ".join(part for part in said if part)


def _choices() -> Mapping[tuple[str, str], Sequence[str]]:
    from mockpilot.faults import verbs
    from mockpilot.faults.selecting import DIRECTIONS
    from mockpilot.protocol.envelope import Action, MessageType

    return {
        ("", "type"): [member.name.lower() for member in MessageType], ("", "action"): [str(one) for one in Action],
        ("", "direction"): DIRECTIONS, ("answer", "kind"): verbs.ANSWER_KINDS, ("damage", "how"): (),
        ("inject", "kind"): verbs.INJECTED, ("drop", "how"): verbs.DROP_HOWS, ("drop", "when"): verbs.DROP_WHENS,
        ("refuse", "how"): ["an HTTP status from 400 to 599", *verbs.REFUSE_HOWS],
        ("certificate", "kind"): verbs.CERTIFICATE_KINDS, ("slow", "how"): verbs.SLOW_HOWS,
        ("ping", "how"): verbs.PING_HOWS, ("forget", "what"): verbs.FORGOTTEN, ("change", "how"): (),
        ("clock", "form"): (),
    }  # fmt: skip


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
