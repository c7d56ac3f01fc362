"""What a new list of charging requests means for the list that is stored.

The list is the whole truth: what is new is created, what differs is changed, what is missing is deleted. Where the
version has instructions they can end a request, or claim that one is known.

No source says what ChargePilot does with the good half of a bad list, so it can be either:

* *whole*: a list in which one entry cannot be carried out changes nothing at all;
* *partial*: the good entries are carried out. An entry that is refused changes nothing about its own id: a request
  that is stored under it stays as it was, because standing in the list, however badly, is the opposite of being left
  out of it. Only ids that the list does not name at all are deleted. Of an id that stands there twice no entry counts.

Knows one presystem's list and nothing of messages, time or other presystems.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mockpilot.protocol.vocabulary import ChargingRequest
from mockpilot.protocol.vocabulary.common import ChargingInstruction

_NAMED = 20  # ids that a text names; a list can have thousands


class Trouble(enum.Enum):
    """Why an entry cannot be carried out, in the order in which texts name it."""

    TWICE = "twice"                      # its id stands in the list more than once
    UNKNOWN_ID = "unknown id"            # Changed or Terminate for an id that is not stored
    UNKNOWN_POINT = "unknown point"      # a charging point that no push names
    TARGETS_CROSSED = "targets crossed"  # minTargetSoc above maxTargetSoc


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one entry."""

    trouble: Trouble
    request_id: str
    found: str = ""
    """The point that nobody knows, or both targets."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of a list."""

    stored: Mapping[str, ChargingRequest]
    """All requests by their id, in the order of the list."""
    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    """Missing from the list, or terminated."""
    problems: tuple[Problem, ...] = ()
    """Of entries that are not carried out, in the order of the list; each id once."""
    carried_out: bool = True
    """False: nothing has changed."""

    @property
    def refused(self) -> tuple[str, ...]:
        """Ids of the entries that are not carried out."""
        return tuple(problem.request_id for problem in self.problems)


def plan(
    stored: Mapping[str, ChargingRequest],
    incoming: Sequence[ChargingRequest],
    points: Collection[str],
    *,
    partial: bool = False,
) -> Plan:
    """Compare a list with the stored one.

    Args:
        stored: what the presystem asked for so far, by charging request id.
        incoming: the new list.
        points: ids of all charging points, the default point included.
        partial: carry out the good entries of a list that has bad ones.
    """
    problems = {problem.request_id: problem for problem in _problems(stored, incoming, points)}
    told = tuple(problems.values())
    if problems and not partial:
        return Plan(stored, problems=told, carried_out=False)
    kept = dict(_kept(stored, incoming, problems))
    # An instruction Normal on a known id is compared as well: the guideline's table says "no action", its rule of
    # the complete list says "update", and only the second never leaves the CMS with values that nobody sent.
    changed = (id_ for id_, request in kept.items() if id_ in stored and values(request) != values(stored[id_]))
    return Plan(
        kept,
        created=tuple(id_ for id_ in kept if id_ not in stored),
        changed=tuple(changed),
        deleted=tuple(id_ for id_ in stored if id_ not in kept),
        problems=told,
    )


def values(request: ChargingRequest) -> tuple[object, ...]:
    """What is compared of a request: everything but the instruction, which says what to do with the rest."""
    return tuple(getattr(request, name) for name in request.__struct_fields__ if name != "charging_instruction")


def complaint(problems: Sequence[Problem], spell: Callable[[str], str] = str) -> str:
    """The text of an error answer: one sentence for each kind of trouble.

    Args:
        problems: at least one.
        spell: our ids to the presystem's.
    """
    sentences = []
    for trouble, wording in _COMPLAINTS.items():
        mine = [problem for problem in problems if problem.trouble is trouble]
        if mine:
            named = (spell(one.found if trouble is Trouble.UNKNOWN_POINT else one.request_id) for one in mine)
            sentences.append(wording.format(_enumerated(list(dict.fromkeys(named)))))
    return " ".join(sentences)


_COMPLAINTS = {
    Trouble.TWICE: "Charging request ids are not unique: {}.",
    # The one error text that the ChargePilot guideline publishes, to the letter.
    Trouble.UNKNOWN_ID: "Charging requests for ids: {} does not exist.",
    Trouble.UNKNOWN_POINT: "Charging points are not known: {}.",
    Trouble.TARGETS_CROSSED: "Charging requests whose minTargetSoc is above their maxTargetSoc: {}.",
}


def reason(problem: Problem, spell: Callable[[str], str] = str) -> str:
    """Why this one entry is rejected, for a push that says so."""
    match problem.trouble:
        case Trouble.TWICE:
            return "The charging request id stands in the list more than once."
        case Trouble.UNKNOWN_ID:
            return "The charging request does not exist."
        case Trouble.UNKNOWN_POINT:
            return f"The charging point {spell(problem.found)} is not known."
        case Trouble.TARGETS_CROSSED:
            return f"minTargetSoc is above maxTargetSoc: {problem.found}."


def _problems(
    stored: Mapping[str, ChargingRequest], incoming: Sequence[ChargingRequest], points: Collection[str]
) -> Iterator[Problem]:
    twice = {id_ for id_, count in Counter(request.charging_request_id for request in incoming).items() if count > 1}
    for request in incoming:
        id_ = request.charging_request_id
        if id_ in twice:
            yield Problem(Trouble.TWICE, id_)
        elif request.charging_instruction in _CLAIMS and id_ not in stored:
            yield Problem(Trouble.UNKNOWN_ID, id_)
        elif request.charging_instruction != ChargingInstruction.TERMINATE:
            yield from _unfulfillable(request, points)


_CLAIMS = (ChargingInstruction.CHANGED, ChargingInstruction.TERMINATE)


def _unfulfillable(request: ChargingRequest, points: Collection[str]) -> Iterator[Problem]:
    id_, point, data = request.charging_request_id, request.charging_point_id, request.charging_request_data
    if isinstance(point, str) and point not in points:
        yield Problem(Trouble.UNKNOWN_POINT, id_, point)
    elif data.min_target_soc > data.max_target_soc:
        yield Problem(Trouble.TARGETS_CROSSED, id_, f"{data.min_target_soc:g} and {data.max_target_soc:g}")


def _kept(
    stored: Mapping[str, ChargingRequest], incoming: Sequence[ChargingRequest], refused: Collection[str]
) -> Iterator[tuple[str, ChargingRequest]]:
    for request in incoming:
        id_ = request.charging_request_id
        if id_ in refused:
            if id_ in stored:
                yield id_, stored[id_]
        elif request.charging_instruction != ChargingInstruction.TERMINATE:
            yield id_, request


def _enumerated(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
