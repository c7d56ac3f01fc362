"""A conforming presystem on ``websockets`` (asyncio), written from the protocol's description alone.

Knows nothing of mockpilot but the ``MOCKPILOT_*`` variables and the steps on standard input. Where the protocol leaves
freedom it sends its charging requests as soon as it may, and what was not confirmed again on the same link, as a new
message each time. With ``--stock`` everything that ``websockets`` lets one choose stays as it comes, and the library
alone finds out that a link is dead: it pings every 20 s, waits 20 s more, and takes no message above 1 MiB.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import math
import os
import random
import ssl
import sys
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

TOLD = {name.removeprefix("MOCKPILOT_"): value for name, value in os.environ.items() if name.startswith("MOCKPILOT_")}
STOCK = "--stock" in sys.argv
ANSWER_WITHIN_S = 2.0
"""How long it waits for a confirmation before it asks again."""


def stamp(after: timedelta = timedelta()) -> str:
    """Now, or later, as messages have it."""
    return (datetime.now(UTC) + after).isoformat(timespec="milliseconds")


class Requests:
    """The charging requests, and whether the CMS has confirmed them as they are."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []
        self.points: list[str] = []
        self.shown: set[str] = set()
        self.revision, self.confirmed, self.made = 1, 0, 0
        self._create("")

    def do(self, line: str) -> None:
        """Do a step that came on standard input."""
        step = json.loads(line)
        wanted = step["charging_request_id"]
        meant = [one for one in self.entries if one["chargingRequestId"] == wanted]
        match step["step"]:
            case "create-request":
                self._create(step["charging_point_id"])
            case "change-request":
                for one in meant:
                    self._change(one)
            case "cancel-request":
                self.entries = [one for one in self.entries if one not in meant]
            case "cancel-all-requests":
                self.entries = []
        self.revision += 1

    def _change(self, entry: dict[str, Any]) -> None:
        data = entry["chargingRequestData"]
        data["minTargetSoc"] = 30 + (data["minTargetSoc"] + 1) % 60
        if entry.get("chargingPointId") not in self.points:
            entry.pop("chargingPointId", None)

    def _create(self, point: str) -> None:
        self.made += 1
        self.entries.append({
            "chargingRequestId": str(uuid.uuid4()), "vehicleId": f"BUS-{self.made}", "priority": 1,
            "chargingRequestData": {
                "expectedArrivalTimeAtChargingPoint": stamp(timedelta(minutes=3)), "expectedSocAtArrival": 20,
                "minTargetSoc": 50, "maxTargetSoc": 95, "requestedTimeForDeparture": stamp(timedelta(hours=5)),
            },
        } | ({"chargingPointId": point} if point in self.points else {}))  # fmt: skip

    def learn(self, payload: dict[str, Any]) -> None:
        """Take the charging points of a push, and which charging requests of ours it shows.

        Raises:
            LookupError, TypeError: it does not read like a push.
        """
        points = [
            point
            for depot in payload["depotInfoList"]
            for station in depot["chargingStationInfoList"]
            for point in station["chargingPointInfoList"]
        ]
        self.points = [point["chargingPointId"] for point in points]
        self.shown = {
            process["chargingRequestId"]
            for point in points
            for process in (point.get("chargingProcessInfo"), *point.get("scheduledChargingProcessList", ()))
            if process and process.get("presystemId") == TOLD["PRESYSTEM_ID"] and "chargingRequestId" in process
        }

    def doubt(self) -> None:
        """Take the list for undelivered if the CMS confirmed it once and shows nothing of it now."""
        if self.confirmed == self.revision and not any(one["chargingRequestId"] in self.shown for one in self.entries):
            self.revision += bool(self.entries)


class Conversation:
    """One link from its boot to its end."""

    def __init__(self, link: ClientConnection, requests: Requests) -> None:
        self.link, self.requests = link, requests
        self.accepted = self.informed = False
        self.boots, self.next_boot, self.next_list = 0, 0.0, 0.0
        self.open: dict[str, int] = {}
        self.heard = time.monotonic()

    async def hold(self) -> None:
        """Speak and listen until the link ends or has been silent for too long."""
        patience = math.inf if STOCK else 4 * max(1.0, float(TOLD["PUSH_INTERVAL_S"]))
        while not self.accepted or time.monotonic() < self.heard + patience:
            now = time.monotonic()
            if not self.accepted and now >= self.next_boot:
                if self.boots == 5:
                    return
                self.boots, self.next_boot = self.boots + 1, now + ANSWER_WITHIN_S
                await self.ask("BootNotification", {"systemType": TOLD["PRESYSTEM_KIND"]})
            if self.informed and self.requests.revision != self.requests.confirmed and now >= self.next_list:
                self.next_list = now + ANSWER_WITHIN_S
                await self.ask("ProvideChargingRequests", {"chargingRequestList": self.requests.entries})
            try:
                text = await asyncio.wait_for(self.link.recv(), 0.1)
            except TimeoutError:
                continue
            self.heard = time.monotonic()
            with contextlib.suppress(ValueError):  # no JSON, or not seven slots: nobody could be answered
                kind, _, _, _, message_id, action, payload = json.loads(text)
                await self.hear(kind, message_id, action, payload)

    async def ask(self, action: str, payload: object) -> None:
        """Send a request message."""
        message_id = str(uuid.uuid4())
        self.open[message_id] = self.requests.revision
        await self.send(1, message_id, action, payload)

    async def send(self, kind: int, message_id: str, action: str, payload: object) -> None:
        """Send a message."""
        slots = [kind, TOLD["PRESYSTEM_KIND"], TOLD["PRESYSTEM_ID"], stamp(), message_id, action, payload]
        await self.link.send(json.dumps(slots))

    async def hear(self, kind: int, message_id: str, action: str, payload: Any) -> None:
        """Take a message of the CMS."""
        if kind == 1 and action == "ProvideChargingInformation":
            await self.pushed(message_id, payload)
        elif kind in (2, 3) and action == "BootNotification" and message_id in self.open:
            self.accepted = self.accepted or (kind == 2 and payload["status"] == "Accepted")
            self.next_boot = time.monotonic() + ANSWER_WITHIN_S
        elif kind == 2 and action == "ProvideChargingRequests" and message_id in self.open:
            self.requests.confirmed = max(self.requests.confirmed, self.open[message_id])
            self.next_list = 0.0
        elif kind == 3 and action == "ProvideChargingRequests":
            self.next_list = time.monotonic() + 30

    async def pushed(self, message_id: str, payload: Any) -> None:
        """Take a push."""
        try:
            self.requests.learn(payload)
        except (LookupError, TypeError):
            await self.send(3, message_id, "ProvideChargingInformation", {"message": "this is no depot"})
            return
        await self.send(2, message_id, "ProvideChargingInformation", {})
        if self.accepted and not self.informed:
            self.requests.doubt()
        self.informed = self.accepted


async def main() -> None:
    """Connect, and again after every loss, with growing pauses while attempts fail."""
    requests, failures = Requests(), 0
    loop = asyncio.get_running_loop()

    def read_steps() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(requests.do, line)

    threading.Thread(target=read_steps, daemon=True).start()
    login = base64.b64encode(f"{TOLD['USER']}:{TOLD['PASSWORD']}".encode()).decode()
    chosen: dict[str, Any] = {} if STOCK else {"close_timeout": 1, "open_timeout": 5, "max_size": 2**24}
    while True:
        try:
            async with connect(
                TOLD["URL"], ssl=ssl.create_default_context(cafile=TOLD["CA_FILE"]), proxy=None, **chosen,
                subprotocols=[Subprotocol(TOLD["SUBPROTOCOL"])] if TOLD["SUBPROTOCOL"] else None,
                additional_headers={"Authorization": f"Basic {login}"},
            ) as link:  # fmt: skip
                conversation = Conversation(link, requests)
                try:
                    await conversation.hold()
                finally:
                    failures = 0 if conversation.accepted else failures + 1
        except (OSError, WebSocketException, TimeoutError) as error:
            print(f"{type(error).__name__}: {error}", flush=True)
            failures += 1
        await asyncio.sleep(min(0.2 * 2**failures, 6.0) * random.uniform(0.8, 1.0))


asyncio.run(main())
