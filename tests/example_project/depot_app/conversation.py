"""What the depot app says, without any network: texts in, texts out. The three apps differ only in how they connect.

A bug can be planted by its name, to show that the tests find it.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

BUGS = ("answers-with-new-ids", "forgets-unconfirmed", "boots-once", "needs-a-depot")
RESEND_AFTER_S = 0.5


def next_time(clock: str) -> datetime:
    """The next time that a clock shows ``05:40``, in UTC."""
    hour, minute = map(int, clock.split(":"))
    now = datetime.now(UTC)
    then = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return then if then > now else then + timedelta(days=1)


def stamp(instant: datetime) -> str:
    """An instant as messages have it."""
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Conversation:
    """The app's side of VDV 463, over all its links."""

    def __init__(self, presystem_id: str, bug: str = "") -> None:
        self.presystem_id, self.bug = presystem_id, bug
        self.buses: dict[str, dict[str, Any]] = {}
        self.accepted = self.informed = False
        self.links = self.revision = self.delivered = 0
        self._open: dict[str, int] = {}
        self._asked_at = 0.0

    # -- what people plan ------------------------------------------------------------------------------------------

    def plan_bus(self, vehicle: str, *, leave: str, soc: float) -> None:
        """Wish that a bus has a state of charge when it leaves."""
        self.buses[vehicle] = {
            "chargingRequestId": str(uuid.uuid4()), "vehicleId": vehicle,
            "chargingRequestData": {
                "minTargetSoc": soc, "maxTargetSoc": soc, "requestedTimeForDeparture": stamp(next_time(leave)),
            },
        }  # fmt: skip
        self.revision += 1

    def cancel_all(self) -> None:
        """Wish for nothing any more."""
        self.buses.clear()
        self.revision += 1

    # -- what goes over the wire -----------------------------------------------------------------------------------

    def link_opened(self) -> Iterator[str]:
        """What is said first on a new link."""
        self.links += 1
        self.accepted = self.informed = self.bug == "boots-once" and self.links > 1
        self._open.clear()
        self._asked_at = 0.0
        if not self.accepted:
            yield self._ask("BootNotification", {"systemType": "BMS"})

    def hear(self, text: str) -> Iterator[str]:
        """Take a message of the CMS and answer it."""
        kind, _, _, _, message_id, action, payload = json.loads(text)
        if kind == 1:
            yield self._message(2, str(uuid.uuid4()) if self.bug == "answers-with-new-ids" else message_id, action, {})
            self.informed = self.accepted
        elif kind == 2 and action == "BootNotification" and message_id in self._open:
            self.accepted = payload["status"] == "Accepted"
        elif kind == 2 and message_id in self._open:
            self.delivered = max(self.delivered, self._open.pop(message_id))
            self._asked_at = 0.0

    def think(self) -> Iterator[str]:
        """Say what is due; call it now and then."""
        due = time.monotonic() >= self._asked_at + RESEND_AFTER_S
        if self.informed and self.revision != self.delivered and due:
            self._asked_at = time.monotonic()
            yield self._ask("ProvideChargingRequests", {"chargingRequestList": list(self.buses.values())})
            if self.bug == "forgets-unconfirmed":
                self.delivered = self.revision

    def _ask(self, action: str, payload: dict[str, Any]) -> str:
        message_id = str(uuid.uuid4())
        self._open[message_id] = self.revision
        return self._message(1, message_id, action, payload)

    def _message(self, kind: int, message_id: str, action: str, payload: dict[str, Any]) -> str:
        return json.dumps([kind, "BMS", self.presystem_id, stamp(datetime.now(UTC)), message_id, action, payload])
