"""Recordings for the tests of what the page shows: events with their places and times filled in."""

from __future__ import annotations

from msgspec.structs import replace

from mockpilot.history import events as e
from mockpilot.history.recorder import History

STARTED = e.ScenarioStarted(
    scenario="made", exercises=(), dialect="chargepilot", push_interval_s=15.0, limits={}, seed=1, mockpilot="0.1.0",
    catalogue="1",
    presystem=e.Presystem(id="acme", kind="BMS", user="acme", path="/vdv463/acme", launched=True, same_host=True),
)  # fmt: skip


def recorded(*events: tuple[float, e.Event] | e.Event) -> History:
    """A recording that begins with its scenario; an event without a time comes with the one before."""
    made: list[e.Event] = [replace(STARTED, index=0)]
    for one in events:
        at, event = one if isinstance(one, tuple) else (made[-1].at, one)
        made.append(replace(event, index=len(made), at=at))
    return History(made)


def frame(kind: int, action: str, id_: str = "5e0c9b1e-7f0f-4e0b-9a57-0c7d3a1f4c11", payload: str = "{}") -> str:
    """A frame as text; who sends it is told by its kind and action well enough."""
    return f'[{kind},"BMS","acme","2027-01-14T09:12:40Z","{id_}","{action}",{payload}]'


def opened(link: int = 1, at: float = 1.0) -> list[tuple[float, e.Event]]:
    """A link up to its 101."""
    return [
        (at, e.TcpAccepted(link=link, peer="127.0.0.1")),
        (at, e.FirstBytes(link=link, looks_like="tls")),
        (at, e.TlsEstablished(link=link, version="TLSv1.3", cipher="AES", server_name="lab", resumed=False)),
        (at, e.UpgradeRequested(link=link, method="GET", target="/vdv463/acme", headers=(("Upgrade", "websocket"),),
                                credentials="right", user="acme")),
        (at, e.UpgradeAnswered(link=link, status=101, subprotocol="v1.463.vdv.de")),
    ]  # fmt: skip
