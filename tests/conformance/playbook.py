"""Made recordings, told as conversations: what each side did, and when. Judging follows in one word."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Self, TypeVar

import msgspec

from mockpilot.conformance.levels import Level
from mockpilot.conformance.verdict import Finding, Verdict, judge
from mockpilot.history import events as ev
from mockpilot.history.recorder import History
from mockpilot.protocol.envelope import Action, format_timestamp

E = TypeVar("E", bound=ev.Event)

START = datetime(2031, 3, 4, 17, 20, tzinfo=UTC)
PRESYSTEM = "depot-7"
PATH = f"/vdv463/{PRESYSTEM}"
HEADERS = (("Upgrade", "websocket"), ("Sec-WebSocket-Protocol", "v1.463.vdv.de"))

BOOT, LISTS, PUSHES = (
    Action.BOOT_NOTIFICATION, Action.PROVIDE_CHARGING_REQUESTS, Action.PROVIDE_CHARGING_INFORMATION,
)  # fmt: skip


def uuid(number: int) -> str:
    """A UUID that tells its number."""
    return f"00000000-0000-4000-8000-{number:012d}"


def entry(request_id: str, vehicle: str = "", *, point: str = "P1", leaves_in_min: float = 600, soc: float = 80,
          **more: Any) -> dict[str, Any]:  # fmt: skip
    """One charging request."""
    return {
        "chargingRequestId": request_id, "vehicleId": vehicle or f"bus of {request_id}", "chargingPointId": point,
        "chargingRequestData": {
            "minTargetSoc": soc, "maxTargetSoc": 95,
            "requestedTimeForDeparture": format_timestamp(START + timedelta(minutes=leaves_in_min)),
        },
    } | more  # fmt: skip


def information(*points: str, shows: tuple[str, ...] = ()) -> dict[str, Any]:
    """What a push says: points, and our requests that it shows as scheduled."""
    scheduled = [{"presystemId": PRESYSTEM, "chargingRequestId": name, "vehicleId": "", "chargingPredictionData": {}}
                 for name in shows]  # fmt: skip
    infos: list[dict[str, Any]] = [
        {"chargingPointId": point, "chargingPointStatus": "Available"} for point in points or ("P1", "P2")
    ]
    infos[0] |= {"scheduledChargingProcessList": scheduled} if scheduled else {}
    station = {"chargingStationId": "S1", "chargingStationStatus": "Available", "chargingPointInfoList": infos}
    return {"depotInfoList": [{"depotId": "D1", "chargingStationInfoList": [station]}]}


class Play:
    """Builds a recording line by line; every line takes ``tick`` seconds unless ``wait`` says more."""

    def __init__(
        self, *exercises: str, dialect: str = "chargepilot", launched: bool = True, provoked: bool = True,
        sends_requests: bool = True, supervised: bool = False, same_host: bool = True, kind: str = "BMS",
        presystem: str = PRESYSTEM, points: tuple[str, ...] = (), tick: float = 0.01, time_factor: float = 1.0,
        limits: dict[str, float] | None = None, time: str = "real",
    ) -> None:  # fmt: skip
        self.now, self.tick, self.number, self.link = 0.0, tick, 0, 0
        self.events: list[ev.Event] = []
        self.clock_ahead = timedelta(0)
        self.sent_as, self.presystem = "BMS", presystem
        self._asked = ""
        self._pushed = ""
        self._booted = ""
        self.record(ev.ScenarioStarted(
            scenario="made", exercises=exercises, dialect=dialect, push_interval_s=15, limits=limits or {}, seed=1,
            mockpilot="0", catalogue="1", advertised_points=points, time_factor=time_factor, time=time,
            presystem=ev.Presystem(
                id=PRESYSTEM, kind=kind, user="depot", path=PATH, sends_requests=sends_requests, launched=launched,
                same_host=same_host, supervised=supervised, provoked=provoked,
            ),
        ))  # fmt: skip
        if launched:
            self.record(ev.ProductStarted(command=("product",)))

    # -- time and lines --------------------------------------------------------------------------------------------

    def record(self, event: E) -> E:
        """Write any event down."""
        filled = msgspec.structs.replace(
            event, index=len(self.events), at=round(self.now, 6),
            wall=format_timestamp(START + timedelta(seconds=self.now)),
        )  # fmt: skip
        self.events.append(filled)
        self.now += self.tick
        return filled

    def wait(self, seconds: float) -> Self:
        """Let time pass."""
        self.now += seconds
        return self

    def on(self, link: int) -> Self:
        """Go on with another link."""
        self.link = link
        return self

    def line(self, event: ev.Event) -> Self:
        """Write any event down, on the present link if it belongs to one."""
        self.record(event)
        return self

    def here(self, event: ev.Event) -> Self:
        """Write an event of the present link down."""
        return self.line(msgspec.structs.replace(event, link=self.link))

    @property
    def last(self) -> int:
        """Index of the last line."""
        return len(self.events) - 1

    # -- connecting ------------------------------------------------------------------------------------------------

    def tcp(self, certificate: str = "good", first: str | None = "tls") -> Self:
        """A TCP connection, and perhaps its first bytes."""
        self.link += 1
        self.here(ev.TcpAccepted(peer="127.0.0.1", certificate=certificate))
        return self.here(ev.FirstBytes(looks_like=first)) if first else self  # type: ignore[arg-type]

    def tls(self, certificate: str = "good", *, resumed: bool = False) -> Self:
        """A completed TLS handshake."""
        return self.tcp(certificate).here(ev.TlsEstablished(
            version="TLSv1.3", cipher="AES", server_name="localhost", resumed=resumed, certificate=certificate,
        ))  # fmt: skip

    def upgrade(self, status: int = 101, *, credentials: Any = "right", target: str = PATH, fault: str | None = None,
                headers: tuple[tuple[str, str], ...] = HEADERS, problems: tuple[str, ...] = ()) -> Self:  # fmt: skip
        """An upgrade request and our answer."""
        self.here(ev.UpgradeRequested(
            method="GET", target=target, headers=headers, credentials=credentials, problems=problems,
        ))  # fmt: skip
        return self.here(ev.UpgradeAnswered(status=status, fault=fault))

    def connect(self, **how: Any) -> Self:
        """TLS, upgrade, 101."""
        return self.tls().upgrade(**how)

    def refused(self, status: int = 503, **how: Any) -> Self:
        """An attempt that a fault refuses."""
        return self.tls().upgrade(status, fault="refused", **how).ended("us", "cleanly")

    def ended(self, by: Any = "us", how: Any = "broken on purpose", sent: int = 500) -> Self:
        """The TCP connection is over."""
        return self.here(ev.LinkEnded(by=by, how=how, application_bytes=sent))

    def closed(self, code: int = 1001) -> Self:
        """We close, the product answers."""
        self.here(ev.CloseSent(code=code)).here(ev.CloseReceived(code=code))
        return self.ended("us", "cleanly")

    # -- messages --------------------------------------------------------------------------------------------------

    def fresh(self) -> str:
        """The next message id."""
        self.number += 1
        return uuid(self.number)

    def stamp(self) -> str:
        """Now, as the product's clock has it."""
        return format_timestamp(START + timedelta(seconds=self.now) + self.clock_ahead)

    def says(self, message_type: Any, action: str, payload: Any, message_id: str | None = None, **slots: Any) -> Self:
        """The product sends a message."""
        frame = [message_type, slots.get("source", self.sent_as), slots.get("presystem", self.presystem),
                 slots.get("stamp", self.stamp()), message_id or self.fresh(), action, payload]  # fmt: skip
        return self.says_raw(json.dumps(frame), ending=slots.get("ending", False), unread=slots.get("unread", False),
                             binary=slots.get("binary", False))  # fmt: skip

    def says_raw(self, text: str | bytes, **marks: Any) -> Self:
        """The product sends anything."""
        if isinstance(text, bytes):
            return self.here(ev.MessageReceived(base64=base64.b64encode(text).decode(), **marks))
        return self.here(ev.MessageReceived(text=text, **marks))

    def hands(self, message_type: int, action: str, payload: Any, message_id: str, fault: str | None = None,
              presystem: str = PRESYSTEM) -> Self:  # fmt: skip
        """We hand a message to the link."""
        frame = [message_type, "CMS", presystem, format_timestamp(START), message_id, action, payload]
        return self.here(ev.MessageSent(text=json.dumps(frame), fault=fault))

    def hands_raw(self, text: str, fault: str) -> Self:
        """We hand something that is no message."""
        return self.here(ev.MessageSent(text=text, fault=fault))

    def withholds(self, message_type: int, action: str, payload: Any, message_id: str, fault: str = "lost") -> Self:
        """A fault keeps a message of ours."""
        frame = [message_type, "CMS", PRESYSTEM, format_timestamp(START), message_id, action, payload]
        return self.here(ev.MessageWithheld(text=json.dumps(frame), fault=fault))

    def boot(self, message_id: str | None = None, payload: Any = None, **slots: Any) -> Self:
        """The product boots."""
        self._booted = message_id or self.fresh()
        return self.says(1, BOOT, {"presystem": "BMS"} if payload is None else payload, self._booted, **slots)

    def accept(self, status: str = "Accepted", fault: str | None = None) -> Self:
        """We answer the boot."""
        return self.hands(2, BOOT, {"status": status}, self._booted, fault)

    def push(self, *points: str, shows: tuple[str, ...] = (), message_id: str | None = None,
             fault: str | None = None, says: Any = None) -> Self:  # fmt: skip
        """We push."""
        self._pushed = message_id or self.fresh()
        return self.hands(1, PUSHES, says or information(*points, shows=shows), self._pushed, fault)

    def confirm(self, message_id: str | None = None, payload: Any = None, **slots: Any) -> Self:
        """The product confirms the last push."""
        answer = {} if payload is None else payload
        return self.says(slots.pop("type", 2), slots.pop("action", PUSHES), answer, message_id or self._pushed, **slots)

    def pushed(self, times: int = 1, every: float = 15, **what: Any) -> Self:
        """Pushes and their confirmations."""
        for _ in range(times):
            self.push(**what).confirm().wait(every)
        return self

    def asks(self, *entries: dict[str, Any], message_id: str | None = None, **slots: Any) -> Self:
        """The product sends its list."""
        self._asked = message_id or self.fresh()
        return self.says(1, LISTS, {"chargingRequestList": list(entries)}, self._asked, **slots)

    def takes(self, *, applied: bool = True, fault: str | None = None) -> Self:
        """We take the list over, or not, and confirm it."""
        return self.applies(applied).hands(2, LISTS, {}, self._asked, fault)

    def applies(self, applied: bool = True) -> Self:
        """The depot takes the last list over, or not."""
        what: Literal["list applied", "list not applied"] = "list applied" if applied else "list not applied"
        return self.here(ev.DepotChanged(what=what, presystem_id=PRESYSTEM, message_id=self._asked))

    def loses_confirmation(self, *, applied: bool = False) -> Self:
        """We take notice of the list, but its confirmation is withheld."""
        return self.applies(applied).withholds(2, LISTS, {}, self._asked)

    def exchange(self) -> Self:
        """A new link up to its first confirmed push."""
        return self.connect().boot().accept().push().confirm()

    def confirms_list(self, fault: str | None = None) -> Self:
        """We confirm the last list."""
        return self.hands(2, LISTS, {}, self._asked, fault)

    # -- scenario --------------------------------------------------------------------------------------------------

    def step(self, name: str, *, point: str = "P1", request: str = "", happened: bool = True) -> Self:
        """A step is provoked."""
        self.line(ev.StepProvoked(step=name, charging_point_id=point, charging_request_id=request))
        return self.line(ev.StepEnded(step=name, happened=happened))

    def armed(self, name: str, do: str, *, optional: bool = False, **how: Any) -> Self:
        """A fault is armed."""
        return self.line(ev.FaultArmed(name=name, do=do, optional=optional, how=how))

    def fired(self, name: str, do: str) -> Self:
        """A fault fires on the present link."""
        return self.here(ev.FaultFired(name=name, do=do))

    def ends(self, why: str = "done", detail: str = "") -> Self:
        """The scenario is over."""
        return self.line(ev.ScenarioEnded(why=why, detail=detail))

    # -- judging ---------------------------------------------------------------------------------------------------

    @property
    def history(self) -> History:
        """The recording so far."""
        return History(self.events)

    @property
    def whole(self) -> History:
        """The recording so far, with the scenario ended now if it has not been."""
        if any(isinstance(event, ev.ScenarioEnded) for event in self.events):
            return self.history
        end = ev.ScenarioEnded(why="done", index=len(self.events), at=round(self.now, 6), wall=self.events[-1].wall)
        return History([*self.events, end])

    def judged(self) -> Verdict:
        """The verdict on the recording so far."""
        verdict = judge(self.whole)
        assert verdict.broken == ()
        return verdict

    def convicted_of(self, rule: str) -> Finding:
        """The one finding of a rule, which must be there."""
        found = [finding for finding in self.judged().findings if finding.rule == rule]
        assert len(found) == 1, found
        return found[0]

    def held(self, rule: str) -> bool:
        """Whether the rule was put to the test and kept."""
        verdict = self.judged()
        return verdict.held.get(rule, 0) > 0 and rule not in {finding.rule for finding in verdict.findings}

    def exercised(self, rule: str) -> bool:
        """Whether the rule was put to the test at all."""
        return rule in self.judged().rules_exercised

    def musts(self) -> set[str]:
        """Rules whose violation failed the scenario."""
        return {finding.rule for finding in self.judged().findings if finding.level is Level.MUST}

    def complaints(self) -> set[str]:
        """Rules that were violated, remarks aside."""
        return {finding.rule for finding in self.judged().findings if finding.level is not Level.MAY}


def second_chance(play: Play) -> Play:
    """We end the link; the product comes back and answers, and a minute passes."""
    return play.pushed(5).closed().wait(5).exchange().wait(14).pushed(5)
