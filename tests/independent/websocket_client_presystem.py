"""A conforming presystem on ``websocket-client`` (blocking calls, threads), written from the description alone.

Where the protocol leaves freedom it has no charging requests until somebody makes one, sends a changed list at once,
sends what was not confirmed again on the same link after growing pauses, counts nanoseconds in its time stamps, says
``Terminate`` before it leaves a request out, and boots again on the same link until it is accepted.
"""

from __future__ import annotations

import base64
import json
import os
import queue
import random
import sys
import threading
import time
import uuid
from collections.abc import Collection
from typing import Any

import websocket

TOLD = {name.removeprefix("MOCKPILOT_"): value for name, value in os.environ.items() if name.startswith("MOCKPILOT_")}
SILENT_S = max(3.0, 4 * float(TOLD["PUSH_INTERVAL_S"]))
"""So long without a push, and the link is given up."""
BOOT_AGAIN_S = 2.5
LIST_AGAIN_S = 1.5
AFTER_ERROR_S = 20.0


def stamp(after_s: float = 0.0) -> str:
    """Now, or later, to the nanosecond."""
    seconds, nanoseconds = divmod(time.time_ns() + int(after_s * 1e9), 10**9)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{nanoseconds:09d}Z"


def message(kind: int, message_id: str, action: str, payload: object) -> str:
    """A message as it travels."""
    return json.dumps([kind, TOLD["PRESYSTEM_KIND"], TOLD["PRESYSTEM_ID"], stamp(), message_id, action, payload])


def points_of(payload: Any) -> dict[str, Any]:
    """The charging points of a push, by id.

    Raises:
        LookupError, TypeError: it does not read like a push.
    """
    return {
        point["chargingPointId"]: point
        for depot in payload["depotInfoList"]
        for station in depot["chargingStationInfoList"]
        for point in station["chargingPointInfoList"]
    }


def shows(points: dict[str, Any], requests: Collection[str]) -> bool:
    """Whether a charging process at one of the points, running or planned, belongs to one of our requests."""
    processes = [one for point in points.values() for one in point.get("scheduledChargingProcessList", [])]
    processes += [point["chargingProcessInfo"] for point in points.values() if "chargingProcessInfo" in point]
    ours = [one for one in processes if one.get("presystemId") == TOLD["PRESYSTEM_ID"]]
    return any(one.get("chargingRequestId") in requests for one in ours)


class Store:
    """The charging requests, by id, and which revision of them the CMS has confirmed."""

    def __init__(self) -> None:
        self.entries: dict[str, dict[str, Any]] = {}
        self.revision = self.confirmed = self.made = 0

    def do(self, step: dict[str, str], points: Collection[str]) -> None:
        """Do a step."""
        wanted = step["charging_request_id"]
        match step["step"]:
            case "create-request":
                self._create(step["charging_point_id"], points)
            case "change-request" if wanted in self.entries:
                self._change(self.entries[wanted], points)
            case "cancel-request" if wanted in self.entries:
                self.entries[wanted]["chargingInstruction"] = "Terminate"
            case "cancel-all-requests":
                self.entries = {}
        self.revision += 1

    def took(self, revision: int) -> None:
        """Note that the CMS has the requests as they were then; those that have ended are forgotten."""
        self.confirmed = max(self.confirmed, revision)
        if self.confirmed == self.revision:
            self._forget_ended()

    def refused(self) -> None:
        """Correct the list: the CMS knows nothing any more of what has ended."""
        self._forget_ended()
        self.revision += 1

    def _forget_ended(self) -> None:
        self.entries = {key: one for key, one in self.entries.items() if "chargingInstruction" not in one}

    def _create(self, point: str, points: Collection[str]) -> None:
        self.made += 1
        entry = {
            "chargingRequestId": str(uuid.uuid1()), "vehicleId": f"WC{self.made:015d}", "priority": self.made,
            "chargingRequestData": {
                "expectedArrivalTimeAtChargingPoint": stamp(60), "expectedSocAtArrival": 33,
                "minTargetSoc": 70, "maxTargetSoc": 100, "requestedTimeForDeparture": stamp(4 * 3600),
            },
            "automaticPreconditioning": {"preconditioningRequest": "WarmWaterAndVentilation", "ambientTemperature": 24},
        }  # fmt: skip
        self.entries[str(entry["chargingRequestId"])] = entry | ({"chargingPointId": point} if point in points else {})

    def _change(self, entry: dict[str, Any], points: Collection[str]) -> None:
        entry["chargingRequestData"]["maxTargetSoc"] = 85 + entry["chargingRequestData"]["maxTargetSoc"] % 10
        if entry.get("chargingPointId") not in points:
            entry.pop("chargingPointId", None)


class Office:
    """What outlives links: the store, the points known so far, and the link that is there, all under one lock."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.store, self.points = Store(), dict[str, Any]()
        self.call: Call | None = None

    def work(self, steps: queue.Queue[str]) -> None:
        """Do steps, and whatever the link that is there owes, for ever."""
        while True:
            try:
                line = steps.get(timeout=0.1)
            except queue.Empty:
                line = ""
            with self.lock:
                if line:
                    self.store.do(json.loads(line), self.points)
                if self.call is not None:
                    self.call.say_what_is_due()


class Call:
    """One link from its boot to its end."""

    def __init__(self, link: websocket.WebSocket, office: Office) -> None:
        self.link, self.office = link, office
        self.accepted = self.informed = False
        self.boots: set[str] = set()
        self.boot_due = 0.0
        self.lists: dict[str, int] = {}
        self.said, self.list_due, self.pause = 0, 0.0, LIST_AGAIN_S

    def say_what_is_due(self) -> None:
        """Boot, or send the list, if it is time."""
        try:
            now = time.monotonic()
            if not self.accepted and now >= self.boot_due:
                self.boot_due = now + BOOT_AGAIN_S
                self._ask(self.boots.add, "BootNotification", {"systemType": TOLD["PRESYSTEM_KIND"]})
            store = self.office.store
            if store.revision != self.said:
                self.list_due, self.pause = now, LIST_AGAIN_S
            if self.informed and store.revision != store.confirmed and now >= self.list_due:
                self.said, self.list_due, self.pause = store.revision, now + self.pause, min(2 * self.pause, 6.0)
                payload = {"chargingRequestList": list(store.entries.values())}
                self._ask(lambda key: self.lists.update({key: store.revision}), "ProvideChargingRequests", payload)
        except (OSError, websocket.WebSocketException) as error:
            print(f"sending: {type(error).__name__}: {error}", flush=True)
            self.office.call = None

    def listen(self) -> None:
        """Take messages until the link ends or has been silent for too long."""
        heard = time.monotonic()
        while time.monotonic() < heard + SILENT_S:
            opcode, data = self.link.recv_data()
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                return
            if opcode != websocket.ABNF.OPCODE_TEXT:
                continue
            heard = time.monotonic()
            try:
                kind, _, _, _, message_id, action, payload = json.loads(data)
            except ValueError:
                continue
            with self.office.lock:
                self._take(kind, message_id, action, payload)

    def _take(self, kind: int, message_id: str, action: str, payload: Any) -> None:
        if kind == 1 and action == "ProvideChargingInformation":
            self._pushed(message_id, payload)
        elif kind == 2 and message_id in self.boots:
            self.accepted = self.accepted or payload["status"] == "Accepted"
            self.boot_due = time.monotonic() + BOOT_AGAIN_S
        elif kind == 2 and message_id in self.lists:
            self.office.store.took(self.lists[message_id])
        elif kind == 3 and message_id in self.lists:
            self.office.store.refused()
            self.said = self.office.store.revision
            self.list_due = time.monotonic() + AFTER_ERROR_S

    def _pushed(self, message_id: str, payload: Any) -> None:
        try:
            self.office.points = points_of(payload)
        except (LookupError, TypeError):
            self.link.send(message(3, message_id, "ProvideChargingInformation", {"message": "unreadable"}))
            return
        self.link.send(message(2, message_id, "ProvideChargingInformation", {}))
        store = self.office.store
        if self.accepted and not self.informed and store.entries and not shows(self.office.points, store.entries):
            store.revision += store.confirmed == store.revision  # confirmed once, and forgotten
        self.informed = self.accepted

    def _ask(self, note: Any, action: str, payload: object) -> None:
        message_id = str(uuid.uuid4())
        note(message_id)
        self.link.send(message(1, message_id, action, payload))


def connect() -> websocket.WebSocket:
    """Open a link.

    Raises:
        OSError, WebSocketException: it does not come about; a redirect is none either.
    """
    login = base64.b64encode(f"{TOLD['USER']}:{TOLD['PASSWORD']}".encode()).decode()
    link = websocket.create_connection(
        TOLD["URL"], timeout=5, sslopt={"ca_certs": TOLD["CA_FILE"]}, header=[f"Authorization: Basic {login}"],
        subprotocols=[TOLD["SUBPROTOCOL"]] if TOLD["SUBPROTOCOL"] else None, redirect_limit=0, enable_multithread=True,
    )  # fmt: skip
    if link.getstatus() != 101:
        link.close(timeout=0)
        raise websocket.WebSocketException(f"refused with {link.getstatus()}")
    link.settimeout(SILENT_S)
    return link


def hold(office: Office) -> bool:
    """Hold one link from its beginning to its end.

    Returns:
        Whether its boot was accepted.
    """
    call = None
    try:
        link = connect()
        try:
            call = Call(link, office)
            with office.lock:
                call.say_what_is_due()
                office.call = call
            call.listen()
        finally:
            with office.lock:
                office.call = None
            link.close(timeout=1)
    except (OSError, websocket.WebSocketException) as error:
        print(f"{type(error).__name__}: {error}", flush=True)
    return call is not None and call.accepted


def read_steps(steps: queue.Queue[str]) -> None:
    """Take the steps that come on standard input."""
    for line in sys.stdin:
        steps.put(line)


def main() -> None:
    """Connect, and again after every loss, with pauses that grow while attempts fail."""
    office, steps, failures = Office(), queue.Queue[str](), 0
    threading.Thread(target=read_steps, args=(steps,), daemon=True).start()
    threading.Thread(target=office.work, args=(steps,), daemon=True).start()
    while True:
        failures = 0 if hold(office) else failures + 1
        time.sleep(min(0.4 * 2**failures, 6.0) * random.uniform(0.8, 1.0))


main()
