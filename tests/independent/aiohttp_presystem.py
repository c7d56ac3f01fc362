"""A conforming presystem on ``aiohttp``, written from the protocol's description alone: slow, and moved by pushes only.

Where the protocol leaves freedom it offers no subprotocol, answers slowly but in time, and sends a list after a push
only: what was not confirmed goes out again after the next one, as the very frame that it was, on whatever link that is.
A boot that is not accepted ends the link.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import random
import ssl
import sys
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

TOLD = {name.removeprefix("MOCKPILOT_"): value for name, value in os.environ.items() if name.startswith("MOCKPILOT_")}
PUSH_INTERVAL_S = float(TOLD["PUSH_INTERVAL_S"])
ANSWER_AFTER_S = 0.3
BOOT_WITHIN_S = 3.0
SILENT_S = max(3.0, 5 * PUSH_INTERVAL_S)
"""So long without a push, and the link is given up."""


def stamp(after: timedelta = timedelta()) -> str:
    """Now, or later, with the offset +00:00."""
    return (datetime.now(UTC) + after).isoformat()


def message(kind: int, message_id: str, action: str, payload: object) -> str:
    """A message as it travels."""
    slots = [kind, TOLD["PRESYSTEM_KIND"], TOLD["PRESYSTEM_ID"], stamp(), message_id, action, payload]
    return json.dumps(slots, ensure_ascii=False)


def slots_of(text: str) -> list[Any] | None:
    """The seven slots of a message; None for what is no message."""
    try:
        slots = json.loads(text)
    except ValueError:
        return None
    return slots if isinstance(slots, list) and len(slots) == 7 else None


def points_of(payload: Any) -> list[Any]:
    """The charging points of a push.

    Raises:
        LookupError, TypeError: it does not read like a push.
    """
    stations = [station for depot in payload["depotInfoList"] for station in depot["chargingStationInfoList"]]
    return [point for station in stations for point in station["chargingPointInfoList"]]


def requests_at(point: Any) -> set[str]:
    """Which charging requests of ours a point shows, running or planned."""
    processes = [*point.get("scheduledChargingProcessList", []), point.get("chargingProcessInfo", {})]
    ours = [process for process in processes if process.get("presystemId") == TOLD["PRESYSTEM_ID"]]
    return {process.get("chargingRequestId", "") for process in ours}


class Plan:
    """The charging requests, and the frame that holds them until it is confirmed."""

    def __init__(self) -> None:
        self.points: set[str] = set()
        self._entries: list[dict[str, Any]] = []
        self._made = 0
        self._frame: tuple[str, str] | None = None
        self._due, self._sent_at, self._not_before = True, 0.0, 0.0
        self._create("")

    def do(self, line: str) -> None:
        """Do a step that came on standard input."""
        step = json.loads(line)
        wanted = [one for one in self._entries if one["chargingRequestId"] == step["charging_request_id"]]
        match step["step"]:
            case "create-request":
                self._create(step["charging_point_id"])
            case "change-request":
                for one in wanted:
                    self._change(one)
            case "cancel-request":
                self._entries = [one for one in self._entries if one not in wanted]
            case "cancel-all-requests":
                self._entries = []
        self._frame, self._due, self._not_before = None, True, 0.0

    def learn(self, points: list[Any], first: bool) -> None:
        """Take a push; if the first one of a link shows nothing of a list that was confirmed, that is to be told again.

        Raises:
            LookupError, TypeError: it does not read like a push.
        """
        self.points = {point["chargingPointId"] for point in points}
        shown = {request for point in points for request in requests_at(point)}
        if first and self._entries and not any(one["chargingRequestId"] in shown for one in self._entries):
            self._due = True

    def frame_after_push(self) -> str | None:
        """What has to be sent now: the list, new or once more; never twice within one interval."""
        now = time.monotonic()
        if not self._due or now < max(self._not_before, self._sent_at + PUSH_INTERVAL_S / 2):
            return None
        if self._frame is None:
            message_id = str(uuid.uuid4())
            payload = {"chargingRequestList": self._entries}
            self._frame = message_id, message(1, message_id, "ProvideChargingRequests", payload)
        self._sent_at = now
        return self._frame[1]

    def answered(self, message_id: str, confirmed: bool) -> None:
        """Take an answer; after an error the list waits a while and goes out as a new message."""
        if self._frame is None or message_id != self._frame[0]:
            return
        self._frame, self._due = None, not confirmed
        self._not_before = time.monotonic() + 10 * PUSH_INTERVAL_S if not confirmed else 0.0

    def _create(self, point: str) -> None:
        self._made += 1
        bound = {"chargingPointId": point} if point in self.points else {}
        self._entries.append(bound | {
            "chargingRequestId": f"Umlauf-{self._made}-{uuid.uuid4().hex[:6]}", "vehicleId": f"BÜS-{self._made}",
            "chargingRequestData": {
                "minTargetSoc": 60.5, "maxTargetSoc": 90, "requestedTimeForDeparture": stamp(timedelta(hours=6)),
            },
        })  # fmt: skip

    def _change(self, entry: dict[str, Any]) -> None:
        data = entry["chargingRequestData"]
        data["requestedTimeForDeparture"] = stamp(timedelta(hours=7))
        if entry.get("chargingPointId") not in self.points:
            entry.pop("chargingPointId", None)


class Conversation:
    """One link from its boot to its end."""

    def __init__(self, link: aiohttp.ClientWebSocketResponse, plan: Plan) -> None:
        self._link, self._plan = link, plan
        self._boot = str(uuid.uuid4())
        self._answers: set[asyncio.Task[None]] = set()
        self.accepted = self._informed = False

    async def hold(self) -> None:
        """Boot, answer, send; until the link ends, is silent for too long, or the boot is not accepted."""
        await self._link.send_str(message(1, self._boot, "BootNotification", {"presystem": TOLD["PRESYSTEM_KIND"]}))
        try:
            async with asyncio.timeout(BOOT_WITHIN_S) as deadline:
                async for frame in self._link:
                    if frame.type is not aiohttp.WSMsgType.TEXT:
                        return
                    slots = slots_of(frame.data)
                    if slots is not None and not await self._take(slots, deadline):
                        return
        except TimeoutError:
            print("nothing heard for too long", flush=True)
        finally:
            for answer in self._answers:
                answer.cancel()

    async def _take(self, slots: list[Any], deadline: asyncio.Timeout) -> bool:
        """Take a message; False ends the link."""
        kind, _, _, _, message_id, action, payload = slots
        now = asyncio.get_running_loop().time()
        if kind == 1 and action == "ProvideChargingInformation":
            if self.accepted:
                deadline.reschedule(now + SILENT_S)
            await self._pushed(message_id, payload)
        elif kind in (2, 3) and message_id == self._boot:
            self.accepted = kind == 2 and payload["status"] == "Accepted"
            deadline.reschedule(now + SILENT_S)
            return self.accepted
        elif kind in (2, 3) and action == "ProvideChargingRequests":
            self._plan.answered(message_id, kind == 2)
        return True

    async def _pushed(self, message_id: str, payload: Any) -> None:
        try:
            self._plan.learn(points_of(payload), self.accepted and not self._informed)
        except (LookupError, TypeError):
            reason = {"message": "this push cannot be read"}
            await self._link.send_str(message(3, message_id, "ProvideChargingInformation", reason))
            return
        answer = asyncio.create_task(self._answer(message_id))
        self._answers.add(answer)
        answer.add_done_callback(self._answers.discard)
        self._informed = self.accepted
        if self.accepted and (frame := self._plan.frame_after_push()):
            await self._link.send_str(frame)

    async def _answer(self, message_id: str) -> None:
        await asyncio.sleep(ANSWER_AFTER_S)
        with contextlib.suppress(OSError, aiohttp.ClientError):
            await self._link.send_str(message(2, message_id, "ProvideChargingInformation", {}))


async def live(plan: Plan) -> None:
    """Connect, and again after every loss, with pauses that grow while attempts fail."""
    login = base64.b64encode(f"{TOLD['USER']}:{TOLD['PASSWORD']}".encode()).decode()
    context = ssl.create_default_context(cafile=TOLD["CA_FILE"])
    failures, selected = 0, list[str]()

    async def look(_session: object, _context: object, answer: aiohttp.TraceRequestEndParams) -> None:
        selected.extend(answer.response.headers.getall("Sec-WebSocket-Protocol", []))

    watch = aiohttp.TraceConfig()
    watch.on_request_end.append(look)
    async with aiohttp.ClientSession(headers={"Authorization": f"Basic {login}"}, trace_configs=[watch]) as session:
        while True:
            conversation = None
            selected.clear()
            try:
                async with asyncio.timeout(5):
                    link = await session.ws_connect(TOLD["URL"], ssl=context, heartbeat=4, max_msg_size=2**24,
                                                    timeout=aiohttp.ClientWSTimeout(ws_close=1))  # fmt: skip
                async with link:
                    if selected:  # the library does not look; nothing was offered
                        raise aiohttp.ClientConnectionError(f"the server selected the subprotocol {selected[0]}")
                    conversation = Conversation(link, plan)
                    await conversation.hold()
            except (OSError, aiohttp.ClientError) as error:
                print(f"{type(error).__name__}: {error}", flush=True)
            failures = 0 if conversation and conversation.accepted else failures + 1
            await asyncio.sleep(min(0.3 * 1.7**failures, 5.0) * random.uniform(0.9, 1.1))


async def main() -> None:
    """Live, and do the steps that come on standard input."""
    plan, loop = Plan(), asyncio.get_running_loop()

    def read_steps() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(plan.do, line)

    threading.Thread(target=read_steps, daemon=True).start()
    await live(plan)


asyncio.run(main())
