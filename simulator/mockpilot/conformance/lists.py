"""Charging-request lists as the product sent them, and the steps that made it send them.

Which entries may be missing in a later list is told in ``gone``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from mockpilot.conformance.conversation import Frame, Link
from mockpilot.history.events import DepotChanged, Event, StepEnded, StepProvoked
from mockpilot.protocol.envelope import Action, parse_timestamp


@dataclass(frozen=True, slots=True)
class Entry:
    """One charging request of a list."""

    id: str
    vehicle: str
    point: str
    departure: datetime | None
    raw: dict[str, Any] = field(repr=False)

    @property
    def terminated(self) -> bool:
        """Whether it says itself that it ends."""
        return self.raw.get("chargingInstruction") == "Terminate"

    def values(self) -> dict[str, Any]:
        """What it asks for, without its id and instruction; times as instants, however they are written."""
        aside = ("chargingRequestId", "chargingInstruction")
        return {key: _as_meant(value) for key, value in self.raw.items() if key not in aside}


def _as_meant(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_meant(item) for key, item in value.items()}
    return (parse_timestamp(value) or value) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Step:
    """Something that the product was made to do."""

    provoked: StepProvoked
    ended: StepEnded | None

    @property
    def name(self) -> str:
        """create-request, change-request, cancel-request or cancel-all-requests."""
        return self.provoked.step

    @property
    def cancels(self) -> bool:
        """Whether entries leave because of it."""
        return self.name.startswith("cancel")


@dataclass(eq=False)
class RequestList:
    """One list that was read."""

    link: Link
    frame: Frame
    entries: tuple[Entry, ...]
    teller: tuple[int, str] = (0, "")
    """Whose list it is: the product process, and as which kind of presystem it booted."""
    new_ids: frozenset[str] = frozenset()
    """Ids that no earlier list of this product process had."""
    step: Step | None = None
    """The step that it belongs to."""
    answer: Frame | None = None
    """The right answer, once handed."""
    applied: bool | None = None
    """Whether the CMS took it over; None if nothing says so."""

    @property
    def index(self) -> int:
        """Its frame's event index."""
        return self.frame.index

    @property
    def at(self) -> float:
        """When it was read, in seconds."""
        return self.frame.at

    @property
    def wall(self) -> datetime | None:
        """When it was read, by the clock that departures count on."""
        return parse_timestamp(self.frame.event.told_time)

    @cached_property
    def ids(self) -> frozenset[str]:
        """Ids of its entries."""
        return frozenset(entry.id for entry in self.entries)

    def entry(self, entry_id: str) -> Entry | None:
        """The entry of an id."""
        return self._by_id.get(entry_id)

    @cached_property
    def _by_id(self) -> dict[str, Entry]:
        return {entry.id: entry for entry in self.entries}

    def of_vehicle(self, vehicle: str) -> list[Entry]:
        """All entries of a vehicle."""
        return self._by_vehicle.get(vehicle, [])

    @cached_property
    def _by_vehicle(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        for entry in self.entries:
            found.setdefault(entry.vehicle, []).append(entry)
        return found


def steps_of(events: Sequence[Event]) -> list[Step]:
    """The steps that happened, in order."""
    steps: list[Step] = []
    pending: StepProvoked | None = None
    for event in events:
        if isinstance(event, StepProvoked):
            if pending is not None:
                steps.append(Step(pending, None))
            pending = event
        elif isinstance(event, StepEnded) and pending is not None and event.step == pending.step:
            if event.happened:
                steps.append(Step(pending, event))
            pending = None
    return [*steps, Step(pending, None)] if pending is not None else steps


def steps_between(steps: Sequence[Step], earlier: int, later: int) -> list[Step]:
    """Steps that could change what stands in a list, begun after one event and before another."""
    return [step for step in steps if earlier < step.provoked.index < later]


def lists_of(links: Sequence[Link], steps: Sequence[Step], depot: Sequence[DepotChanged],
             provoke_within_s: float) -> list[RequestList]:  # fmt: skip
    """All lists that are judged for order and content, in the order in which they were read."""
    lists = sorted((found for link in links for found in _lists_on(link)), key=lambda read: read.index)
    known: dict[int, set[str]] = {}
    changes: dict[str, list[DepotChanged]] = {}
    for change in depot:
        changes.setdefault(change.message_id.lower(), []).append(change)
    for read in lists:
        before = known.setdefault(read.link.instance, set())
        read.new_ids = read.ids - before
        before |= read.ids
        read.step = _step_of(read, steps, provoke_within_s)
        read.applied = _applied(read, changes)
    return lists


def _lists_on(link: Link) -> Iterator[RequestList]:
    answers: dict[str, list[Frame]] = {}
    for sent in link.sent:
        if sent.envelope is not None and sent.is_answer and sent.index not in link.failed_sends:
            answers.setdefault(sent.envelope.message_id.lower(), []).append(sent)
    again_at: dict[str, int] = {}
    teller = link.instance, link.kind
    found = []
    for frame in reversed(link.requests(Action.PROVIDE_CHARGING_REQUESTS)):
        assert frame.envelope is not None
        message_id = frame.envelope.message_id.lower()
        answer = _right_answer(frame, answers.get(message_id, []), again_at.get(message_id))
        found.append(RequestList(link, frame, tuple(read_entries(frame)), teller, answer=answer))
        again_at[message_id] = frame.index
    yield from reversed(found)


def read_entries(frame: Frame) -> Iterator[Entry]:
    """The entries of a list, as far as they can be read."""
    payload = frame.envelope.payload if frame.envelope is not None else None
    items = payload.get("chargingRequestList") if isinstance(payload, dict) else None
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict) and isinstance(item.get("chargingRequestId"), str):
            data = item.get("chargingRequestData")
            departure = data.get("requestedTimeForDeparture") if isinstance(data, dict) else None
            yield Entry(item["chargingRequestId"], str(item.get("vehicleId", "")), str(item.get("chargingPointId", "")),
                        parse_timestamp(departure) if isinstance(departure, str) else None, item)  # fmt: skip


def _right_answer(frame: Frame, answers: Sequence[Frame], again_at: int | None) -> Frame | None:
    """The right answer that was handed before the list came again under its old id."""
    asked = frame.envelope
    assert asked is not None
    for sent in answers:
        said = sent.envelope
        assert said is not None
        if again_at is not None and sent.index > again_at:
            return None
        if sent.index > frame.index and (said.action, said.presystem_id) == (asked.action, asked.presystem_id):
            return sent
    return None


def _step_of(read: RequestList, steps: Sequence[Step], provoke_within_s: float) -> Step | None:
    started = [step for step in steps if step.provoked.index < read.index]
    if not started:
        return None
    last = started[-1]
    if last.ended is None or read.at <= last.ended.at + provoke_within_s:
        return last
    return None


def _applied(read: RequestList, changes: Mapping[str, Sequence[DepotChanged]]) -> bool | None:
    assert read.frame.envelope is not None
    mine = changes.get(read.frame.envelope.message_id.lower(), ())
    return next((change.what == "list applied" for change in mine if change.index > read.index), None)


def made_by_steps(lists: Sequence[RequestList]) -> dict[str, RequestList]:
    """Ids of entries that create steps made, with the first list that has them.

    A list after such a step may bring other new entries too; then only the one at the step's point counts.
    """
    made: dict[str, RequestList] = {}
    served: set[int] = set()
    for read in lists:
        step = read.step
        if step is None or step.name != "create-request" or not read.new_ids or step.provoked.index in served:
            continue
        served.add(step.provoked.index)
        new = [entry for entry in read.entries if entry.id in read.new_ids]
        if len(new) > 1:
            new = [entry for entry in new if entry.point and entry.point == step.provoked.charging_point_id]
        made |= {entry.id: read for entry in new}
    return made


def successive(lists: Sequence[RequestList]) -> Iterator[tuple[RequestList, RequestList]]:
    """Each list with the one that its teller sent before."""
    last: dict[tuple[int, str], RequestList] = {}
    for read in lists:
        if read.teller in last:
            yield last[read.teller], read
        last[read.teller] = read


def twin_of(entry: Entry, earlier: RequestList, later: RequestList) -> Entry | None:
    """The entry of a later list that is the same request under another id."""
    if entry.id in later.ids or entry.departure is None or not entry.vehicle:
        return None
    candidates = later.of_vehicle(entry.vehicle)
    if len(earlier.of_vehicle(entry.vehicle)) != 1 or len(candidates) != 1:
        return None
    twin = candidates[0]
    # An id that was there before belongs to another request.
    return twin if twin.departure == entry.departure and twin.id not in earlier.ids else None
