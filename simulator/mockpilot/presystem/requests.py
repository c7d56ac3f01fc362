"""The presystem's charging requests: a book of entries, the steps that change them, and the list to send.

Pure. A list is always complete; an entry keeps its charging request id for life; points come from the pushes, and so
does the time by which buses are planned: a depot may live faster than the clock. Nothing is planned before the first
push, unless somebody asks for it.
"""

from __future__ import annotations

import copy
import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from mockpilot.durations import parse_duration
from mockpilot.errors import UsageError
from mockpilot.presystem.conduct import CONFORMING, Conduct, Entry, ListDraft
from mockpilot.presystem.information import Information
from mockpilot.presystem.settings import Wording
from mockpilot.presystem.steps import Step
from mockpilot.protocol.envelope import format_timestamp, parse_timestamp

TIME_KEYS = ("expectedArrivalTimeAtChargingPoint", "requestedTimeForDeparture")
"""Fields of a requests file that may say ``+6 h``, counted from the first push, instead of a point in time."""

FIRST_BUSES = 2
_FIRST_BUS = 4711
_SOC_STEPS = (60, 65, 70, 75, 80)
"""A change moves the minimum along these, so that two changes in a row differ."""


def content_of(entries: Sequence[Entry]) -> str:
    """Entries as one comparable text."""
    return json.dumps(entries, sort_keys=True)


NOTHING = content_of([])
_UNKNOWN = ""
"""While a list is on its way nobody knows what the CMS holds."""


@dataclass(slots=True)
class RequestBook:
    """All charging requests of this presystem, over all links."""

    wording: Wording
    chance_id: Callable[[], uuid.UUID]
    conduct: Conduct = CONFORMING
    outset: Sequence[Entry] | None = ()
    """What to plan once the time is known, as a requests file has it; None: two buses."""
    entries: list[Entry] = field(default_factory=list)
    points: tuple[str, ...] = ()
    """Real charging points of the latest push, available ones first."""
    told: datetime | None = None
    """Time stamp of the latest push."""
    confirmed: str = NOTHING
    """Content that the CMS has confirmed, or that an earlier CMS was left with."""
    _sent: dict[str, str] = field(default_factory=dict)
    _leaving: list[Entry] = field(default_factory=list)
    _buses: int = 0
    _charging: frozenset[str] = frozenset()

    def time(self, own: datetime) -> datetime:
        """The time to plan by: what the latest push told, before any push the own clock's."""
        return self.told or own

    def begin(self, now: datetime) -> None:
        """Plan what is to be planned from the outset; only the first call does something."""
        outset, self.outset = self.outset, ()
        if outset is not None:
            self.adopt(outset, now)
            return
        for _ in range(FIRST_BUSES):
            self.add_bus(now)

    def add_bus(self, now: datetime, point: str = "") -> str:
        """Plan a bus that comes soon and leaves in some hours; returns the new charging request id."""
        self._buses += 1
        number = _FIRST_BUS + self._buses
        request_id = self._new_id()
        departure = now + timedelta(hours=6, minutes=10 * self._buses)
        entry: Entry = {
            "chargingRequestId": request_id,
            "vehicleId": f"WMOCKBUS00000{number}",
            "priority": 1,
            "chargingRequestData": {
                "expectedArrivalTimeAtChargingPoint": format_timestamp(now + timedelta(minutes=2)),
                "expectedSocAtArrival": 35,
                "minTargetSoc": _SOC_STEPS[0],
                "maxTargetSoc": 90,
                "requestedTimeForDeparture": format_timestamp(departure),
            },
        }
        if self._buses == 1:
            entry["automaticPreconditioning"] = {
                "preconditioningRequest": "WarmWaterAndVentilation",
                "requestedFinishTime": format_timestamp(departure - timedelta(minutes=10)),
            }
        if point in self.points:
            entry["chargingPointId"] = point
        self.entries.append(entry)
        self._place()
        return request_id

    def adopt(self, entries: Sequence[Entry], now: datetime) -> None:
        """Take over entries as a requests file has them; those without an id get one."""
        for entry in entries:
            data = entry["chargingRequestData"]
            times = {key: _instant(data[key], now) for key in TIME_KEYS if key in data}
            adopted = {"chargingRequestId": self._new_id()} | entry | {"chargingRequestData": data | times}
            self.entries.append(adopted)
        self._place()

    def learn(self, information: Information, at: datetime | None = None) -> None:
        """Take over points and time of the latest push; an entry whose point has vanished moves to another."""
        self.told = at or self.told
        self.points = information.points
        self._charging = information.charging
        if not self.conduct.minds_presystem_ids:
            self.entries = [entry for entry in self.entries if _id(entry) not in information.foreign]
        self._place()

    def apply(self, step: Step, now: datetime) -> str:
        """Do what a step says; returns a sentence for the log."""
        self.begin(now)
        if step.step == "create-request":
            return f"created {self.add_bus(now, step.charging_point_id)}"
        if step.step == "cancel-all-requests":
            return f"cancelled {self._cancel(list(self.entries))}"
        entry = self._find(step.charging_request_id)
        if entry is None:
            return f"nothing to do for {step.step}: no charging request {step.charging_request_id or 'at all'}"
        if step.step == "cancel-request":
            return f"cancelled {self._cancel([entry])}"
        if _id(entry) in self._charging and not self.conduct.changes_while_charging:
            return f"too late for change-request: {_id(entry)} is charging"
        return f"changed {self._change(entry)}"

    def forget_departed(self, now: datetime) -> None:
        """Drop entries whose departure has passed."""
        self.entries = [entry for entry in self.entries if not _departed(entry, now)]

    def current(self) -> list[Entry]:
        """The entries of a complete list, as they would be sent now."""
        if self.entries or self.wording.may_send_empty_list:
            return copy.deepcopy(self.entries)
        return [entry | {"chargingInstruction": "Terminate"} for entry in self._leaving]

    def unconfirmed(self) -> bool:
        """Whether the CMS has still to be told."""
        current = self.current()
        if not current and not self.wording.may_send_empty_list:
            return False
        return content_of(current) != self.confirmed

    def draft(self, *, opens_link: bool, again: bool = False) -> list[Entry]:
        """The entries to send, and note them as sent.

        Args:
            opens_link: it is the link's first list.
            again: a list that says the same went out before.
        """
        entries = self.current()
        changed = tuple(entry for entry in entries if self._sent.get(_id(entry)) != content_of([entry]))
        self._sent = {_id(entry): content_of([entry]) for entry in entries}
        self.confirmed = _UNKNOWN
        return list(self.conduct.entries(ListDraft(tuple(entries), changed, opens_link, again)))

    def confirm(self, content: str) -> None:
        """The CMS has confirmed the list with this content."""
        self.confirmed = content
        if self._leaving and content == content_of(self.current()):
            self._leaving, self.confirmed = [], NOTHING

    def ids(self) -> set[str]:
        """Charging request ids of all entries."""
        return {_id(entry) for entry in self.entries}

    def _new_id(self) -> str:
        fresh = self.chance_id()
        return self.conduct.request_id(fresh.urn if self.wording.ids_are_uris else str(fresh))

    def _find(self, request_id: str) -> Entry | None:
        named = (entry for entry in self.entries if not request_id or _id(entry) == request_id)
        return next(named, None)

    def _change(self, entry: Entry) -> str:
        data = entry.setdefault("chargingRequestData", {})
        soc = data.get("minTargetSoc")
        place = _SOC_STEPS.index(soc) + 1 if soc in _SOC_STEPS else 0
        data["minTargetSoc"] = _SOC_STEPS[place % len(_SOC_STEPS)]
        data["maxTargetSoc"] = max(data.get("maxTargetSoc", 0), data["minTargetSoc"])
        entry["chargingRequestId"] = self.conduct.id_after_change(_id(entry))
        return _id(entry)

    def _cancel(self, entries: Sequence[Entry]) -> str:
        self.entries = [
            stays for entry in self.entries
            for stays in (self.conduct.left_of_cancelled(entry) if entry in entries else (entry,))
        ]  # fmt: skip
        if not self.wording.may_send_empty_list:
            self._leaving = [entry for entry in (*self._leaving, *entries) if _id(entry) in self._sent]
        return ", ".join(map(_id, entries)) or "nothing: there is no charging request"

    def _place(self) -> None:
        # Without any real point in the push nothing better is known: bindings stay, new entries go without.
        if not self.points:
            return
        for entry in self.entries:
            if entry.get("chargingPointId") in self.points:
                continue
            if "chargingPointId" in entry and not self.conduct.follows_points:
                continue
            entry.pop("chargingPointId", None)
            free = next(self._free_points(), None)
            if free is not None:
                entry["chargingPointId"] = free

    def _free_points(self) -> Iterator[str]:
        taken = {entry.get("chargingPointId") for entry in self.entries}
        return (point for point in self.points if point not in taken)


def read_requests(path: Path) -> list[Entry]:
    """Read a requests file: a JSON array of charging requests as they travel, or an object with that list.

    Times that count from the first push are left as they are.

    Raises:
        UsageError: the file, the place and what was expected there.
    """
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"requests file {path}: JSON is expected ({error})") from None
    entries = found.get("chargingRequestList") if isinstance(found, dict) else found
    if not isinstance(entries, list):
        raise UsageError(f"requests file {path}: an array of charging requests is expected")
    for number, entry in enumerate(entries):
        _check_entry(f"requests file {path}: entry {number}", entry)
    return entries


def _check_entry(where: str, entry: Any) -> None:
    if not isinstance(entry, dict) or not isinstance(entry.get("vehicleId"), str):
        raise UsageError(f"{where}: an object with a vehicleId is expected")
    data = entry.get("chargingRequestData")
    if not isinstance(data, dict):
        raise UsageError(f"{where}: chargingRequestData is expected, an object with minTargetSoc and maxTargetSoc")
    for key in TIME_KEYS:
        try:
            _seconds_on(data.get(key))
        except ValueError as error:
            raise UsageError(f"{where}: {key}: {error}") from None


def _seconds_on(value: Any) -> float | None:
    """What ``+6 h`` counts, in seconds; None if it is something else."""
    return parse_duration(value[1:]) if isinstance(value, str) and value.startswith("+") else None


def _instant(value: Any, now: datetime) -> Any:
    seconds = _seconds_on(value)
    return value if seconds is None else format_timestamp(now + timedelta(seconds=seconds))


def _id(entry: Entry) -> str:
    return str(entry["chargingRequestId"])


def _departed(entry: Entry, now: datetime) -> bool:
    departure = parse_timestamp(str(entry.get("chargingRequestData", {}).get("requestedTimeForDeparture", "")))
    return departure is not None and departure < now
