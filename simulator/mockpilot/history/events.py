"""Every kind of event that a recording can hold, and nothing about what it means.

An event is one line of a trace: ``index``, ``at`` (seconds on the run's monotonic clock), ``wall`` (UTC), ``link``
(number of the TCP connection, counted from 1; null for what belongs to none), ``event`` (its kind, the class name in
snake case) and the fields of its class; ``simulated`` (UTC) beside ``wall`` only where simulated time parts from it.
Fault events carry plain data, so this module needs nothing of the faults.

Events below WebSocket are events too. Secrets never get here: whoever records an upgrade masks them first.
"""

from __future__ import annotations

import re
from typing import Any, Literal

import msgspec

TRACE_SCHEMA = "mockpilot.trace/1"
HASTE = "whatever comes too early"
"""What is awaited while an answer or push is held back: a wait that ought to run out."""


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="event", tag=_snake):
    """What all events share; the recorder fills in index and times."""

    index: int = -1
    at: float = 0.0
    wall: str = ""
    simulated: str = ""
    """The time that messages and depot have; empty where it is the wall's."""
    link: int | None = None

    @property
    def kind(self) -> str:
        """The event's name in the trace, such as ``message_received``."""
        return str(self.__struct_config__.tag)

    @property
    def told_time(self) -> str:
        """The time by which arrivals and departures count: simulated where time is, else the wall's."""
        return self.simulated or self.wall


# -- the scenario and the product ----------------------------------------------------------------------------------


class Presystem(msgspec.Struct, frozen=True, kw_only=True):
    """What judging must know of the system under test."""

    id: str
    kind: str
    user: str
    path: str
    """Request target that was handed to the presystem, percent-encoded."""
    name: str = ""
    version: str = ""
    sends_requests: bool = True
    launched: bool = False
    """A COMMAND of ours; else an operator started it."""
    same_host: bool = False
    """Its clock is ours."""
    supervised: bool = False
    provoked: bool = False
    """Steps can be provoked in it."""
    telling_password: bool = True
    """Its password is so long that it stands nowhere by chance."""


class ScenarioStarted(Event, frozen=True, kw_only=True):
    """First line of a trace: all that judging needs beside the events."""

    scenario: str
    exercises: tuple[str, ...]
    """Requirement ids that the scenario claims to exercise."""
    dialect: str
    presystem: Presystem
    push_interval_s: float
    limits: dict[str, float]
    seed: int
    mockpilot: str
    catalogue: str
    advertised_points: tuple[str, ...] = ()
    """Points that pushes of earlier scenarios of the run already named."""
    grid_limit_kw: float | None = None
    """What the depot may draw from the grid, which no push tells; None: there is no limit."""
    time_factor: float = 1.0
    """Seconds of simulated time per second; every event tells its simulated time where it isn't 1."""
    time: str = "real"
    """How the run's own clock ran: ``real``, ``scaled:N`` or ``manual``. The presystem's timers are always real."""
    schema: str = TRACE_SCHEMA

    @property
    def pace(self) -> float:
        """Seconds of the run's clock per second of the presystem's."""
        mode, _, factor = self.time.partition(":")
        return float(factor) if mode == "scaled" else 1.0


class ScenarioEnded(Event, frozen=True, kw_only=True):
    """The script is over and the link has settled; what follows is only clearing up."""

    why: str
    """``done``, or a cause: start state not reached, product left, checker broke, interrupted."""
    detail: str = ""


class ProductStarted(Event, frozen=True, kw_only=True):
    """COMMAND was started; an instance begins."""

    command: tuple[str, ...]
    """As the user wrote it, nothing replaced."""


class ProductExited(Event, frozen=True, kw_only=True):
    """COMMAND's process is gone."""

    status: int
    """Exit status, or minus the signal's number."""
    by_us: bool
    output: tuple[str, ...] = ()
    """Last lines that it wrote, secrets masked."""

    @property
    def how(self) -> str:
        """``status 3``, or ``signal 9`` where one ended it."""
        return f"status {self.status}" if self.status >= 0 else f"signal {-self.status}"


class StateReached(Event, frozen=True, kw_only=True):
    """A start state that the scenario asked for was reached: fresh, booted, exchange or charging."""

    state: str


class WaitStarted(Event, frozen=True, kw_only=True):
    """Somebody waits for the presystem."""

    awaited: str
    within_s: float
    limit: str = ""
    """Name of the limit that bounds the wait."""


class WaitEnded(Event, frozen=True, kw_only=True):
    """The wait is over."""

    awaited: str
    ran_out: bool


class StepProvoked(Event, frozen=True, kw_only=True):
    """A step was asked of the product: create-request, change-request, cancel-request, cancel-all-requests."""

    step: str
    charging_point_id: str = ""
    charging_request_id: str = ""


class StepEnded(Event, frozen=True, kw_only=True):
    """The step's command, call or person came back."""

    step: str
    happened: bool
    detail: str = ""


class Mark(Event, frozen=True, kw_only=True):
    """A note by the scenario or by a person."""

    text: str


class Stalled(Event, frozen=True, kw_only=True):
    """Our own heartbeat came late: whatever was awaited then gets that much longer."""

    late_s: float


class SimulatorBroke(Event, frozen=True, kw_only=True):
    """A bug of ours while serving; never the presystem's fault."""

    traceback: str


# -- the connection below WebSocket --------------------------------------------------------------------------------


class ListenerUp(Event, frozen=True, kw_only=True):
    """The port accepts connections."""

    port: int


class ListenerDown(Event, frozen=True, kw_only=True):
    """The port refuses connections."""

    port: int


class TcpAccepted(Event, frozen=True, kw_only=True):
    """A TCP connection came in."""

    peer: str
    certificate: str = "good"
    """Which certificate this connection will be shown."""
    elsewhere: bool = False
    """It came to the other host of ours, to which only a redirect points."""


class FirstBytes(Event, frozen=True, kw_only=True):
    """The first bytes of a connection, by kind only."""

    looks_like: Literal["tls", "clear-text upgrade", "clear-text http", "proxy header", "other"]


class TlsEstablished(Event, frozen=True, kw_only=True):
    """The TLS handshake completed on our side; the peer may still refuse afterwards."""

    version: str
    cipher: str
    server_name: str | None
    resumed: bool
    certificate: str = "good"


class TlsFailed(Event, frozen=True, kw_only=True):
    """The TLS handshake did not complete."""

    ended_by: Literal["us", "product", "unknown"]
    reason: str
    """An alert of the peer's, ``TCP end`` or ``TCP reset`` without one, or what we complained of."""
    hello_seen: bool
    server_name: str | None = None
    certificate: str = "good"


class UpgradeRequested(Event, frozen=True, kw_only=True):
    """An HTTP request came in; Authorization is masked."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    credentials: Literal["none", "right", "wrong user", "wrong password", "malformed", "other scheme"]
    user: str | None = None
    password_in: str = ""
    """Where else the password stood: ``target`` or the name of a header; empty if nowhere."""
    problems: tuple[str, ...] = ()
    """What RFC 6455 would have had otherwise."""
    elsewhere: bool = False
    """It came to the other host of ours; whatever credentials it brings were told to a stranger."""


class UpgradeAnswered(Event, frozen=True, kw_only=True):
    """Our HTTP answer was handed to the link; 101 opens it."""

    status: int
    subprotocol: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    presystem_id: str = ""
    fault: str | None = None


class ProtocolBroken(Event, frozen=True, kw_only=True):
    """The peer broke RFC 6455 so that the link had to end."""

    what: str
    """In the words of RFC 6455: unmasked frame, reserved bits, reserved opcode, bad control frame, bad UTF-8, …"""
    code: int


class LinkEnded(Event, frozen=True, kw_only=True):
    """The TCP connection is over."""

    by: Literal["us", "product", "unknown"]
    how: Literal["cleanly", "broken on purpose", "broken off"]
    detail: str = ""
    """For people: close code, reset, end without close frame, …"""
    application_bytes: int = 0
    """Bytes that the peer sent inside TLS."""


# -- WebSocket -----------------------------------------------------------------------------------------------------


class Message(Event, frozen=True, kw_only=True):
    """A complete WebSocket message: ``text``, or ``base64`` when it is no UTF-8 text."""

    text: str | None = None
    base64: str | None = None


class MessageReceived(Message, frozen=True, kw_only=True):
    """Taken from the link."""

    binary: bool = False
    unread: bool = False
    """Dropped before the session or the depot saw it."""
    password_in: bool = False
    """The presystem's password stood in it, and is masked."""
    ending: bool = False
    """The link was already ending: a Close either way, our silence, a drop."""


class MessageSent(Message, frozen=True, kw_only=True):
    """Handed to the link, as it went out."""

    fault: str | None = None
    """Name of the fault that touched it: altered, late, repeated, or sent only because of it."""
    faults: tuple[str, ...] = ()
    """All of them, where more than one did."""


def touches(event: MessageSent, fault: str) -> bool:
    """Whether a fault of that name touched a message."""
    return fault == event.fault or fault in event.faults


class MessageWithheld(Message, frozen=True, kw_only=True):
    """A fault kept it from the link."""

    fault: str


class MessageHeld(Message, frozen=True, kw_only=True):
    """Held back by hand; it leaves, or is withheld, when somebody says so."""

    fault: str


class SendFailed(Event, frozen=True, kw_only=True):
    """A frame that was handed before could not be written."""

    of: int
    """Index of the event that handed it."""
    reason: str


class PingSent(Event, frozen=True, kw_only=True):
    payload: str = ""


class PingReceived(Event, frozen=True, kw_only=True):
    payload: str = ""


class PongSent(Event, frozen=True, kw_only=True):
    payload: str = ""


class PongReceived(Event, frozen=True, kw_only=True):
    payload: str = ""


class CloseSent(Event, frozen=True, kw_only=True):
    code: int | None
    reason: str = ""
    fault: str | None = None


class CloseReceived(Event, frozen=True, kw_only=True):
    code: int | None
    reason: str = ""


class WentSilent(Event, frozen=True, kw_only=True):
    """A fault made us neither read nor write any more, without ending the connection."""

    fault: str


class ReadingPaused(Event, frozen=True, kw_only=True):
    """A fault made us leave unread what the peer sends; we go on writing."""

    fault: str


class ReadingResumed(Event, frozen=True, kw_only=True):
    """We read again, beginning with what came meanwhile."""

    fault: str


# -- faults and the depot ------------------------------------------------------------------------------------------


class FaultArmed(Event, frozen=True, kw_only=True):
    name: str
    do: str
    how: dict[str, Any] = {}
    optional: bool = False


class FaultFired(Event, frozen=True, kw_only=True):
    name: str
    do: str
    of: int | None = None
    """Index of the event that it touched."""


class FaultSeen(Event, frozen=True, kw_only=True):
    """The presystem met the fault: something that it did proves that."""

    name: str
    do: str
    proof: int | None = None
    """Index of the event that proves it."""


class FaultDisarmed(Event, frozen=True, kw_only=True):
    name: str
    do: str


class BootRead(Event, frozen=True, kw_only=True):
    """What the CMS took from a boot, whatever it then answers."""

    key: str
    """The one that was read; dialects differ in it, and ``chargepilot`` knows two."""
    presystem_kind: str
    """``BMS`` or ``ITCS``."""


class DepotChanged(Event, frozen=True, kw_only=True):
    """What the CMS now holds: a request list was taken over or not, or the depot itself changed."""

    what: Literal["list applied", "list not applied", "requests forgotten", "depot"]
    presystem_id: str = ""
    message_id: str = ""
    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    detail: str = ""


AnyEvent = (
    ScenarioStarted | ScenarioEnded | ProductStarted | ProductExited | StateReached | WaitStarted | WaitEnded
    | StepProvoked | StepEnded | Mark | Stalled | SimulatorBroke
    | ListenerUp | ListenerDown | TcpAccepted | FirstBytes | TlsEstablished | TlsFailed
    | UpgradeRequested | UpgradeAnswered | ProtocolBroken | LinkEnded
    | MessageReceived | MessageSent | MessageWithheld | MessageHeld | SendFailed
    | PingSent | PingReceived | PongSent | PongReceived | CloseSent | CloseReceived | WentSilent
    | ReadingPaused | ReadingResumed
    | FaultArmed | FaultFired | FaultSeen | FaultDisarmed | BootRead | DepotChanged
)  # fmt: skip
