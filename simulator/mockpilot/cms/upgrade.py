"""The upgrade request of a connection: its head read by h11, recorded without secrets, and decided on.

Nothing is answered here but what is no HTTP at all. That trio-websocket sees none of this is the point: no header can
end more than its own connection.
"""

from __future__ import annotations

from dataclasses import dataclass

import h11
import trio

from mockpilot.cms.arrival import STEP_WITHIN_S, Arrival
from mockpilot.cms.ending import Ending, NoLink
from mockpilot.cms.refusing import refuse
from mockpilot.cms.tls_handshake import who_ended
from mockpilot.cms.wire_stream import WireStream
from mockpilot.cms.world import World
from mockpilot.history.events import UpgradeRequested
from mockpilot.protocol.handshake import MASK, Decision, UpgradeRequest, decide, mask_headers, password_stands_in

HEAD_LIMIT = 65536
"""Bytes of a head beyond which it is refused."""


@dataclass(frozen=True, slots=True)
class Head:
    """A request's head."""

    request: UpgradeRequest
    behind: bytes
    """What was read after it."""


async def read_head(arrival: Arrival, wire: WireStream) -> Head:
    """Wait for a whole head.

    Raises:
        NoLink: none came, or it is no HTTP.
    """
    parser = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_LIMIT)
    try:
        with trio.move_on_after(STEP_WITHIN_S):
            while (event := parser.next_event()) is h11.NEED_DATA:
                parser.receive_data(await _receive(arrival, wire))
    except (trio.BrokenResourceError, trio.ClosedResourceError) as error:
        by, reason = who_ended(arrival, error)
        raise NoLink(Ending(by, "broken off", f"TLS: {reason}")) from error
    except h11.RemoteProtocolError as error:
        await refuse(arrival, wire, error.error_status_hint, (), f"no HTTP request: {error}")
    if event is h11.NEED_DATA:
        raise NoLink(Ending("us", "cleanly", "no HTTP request in time"))
    assert isinstance(event, h11.Request)
    return Head(_as_request(event), parser.trailing_data[0])


async def _receive(arrival: Arrival, wire: WireStream) -> bytes:
    data = await wire.receive_some()
    if not data:
        raise NoLink(Ending("product", "broken off", f"{arrival.net.seen or 'TLS end'} before an HTTP request"))
    return bytes(data)


def _as_request(event: h11.Request) -> UpgradeRequest:
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers.raw_items())
    method, target, version = (part.decode("latin-1") for part in (event.method, event.target, event.http_version))
    return UpgradeRequest(method, target, headers, version)


def decide_on(arrival: Arrival, request: UpgradeRequest) -> Decision:
    """Decide on a request and record it with what was seen in it."""
    world, hide = arrival.world, arrival.world.without_passwords
    decision = decide(request, world.accounts, world.dialect.subprotocols)
    world.recorder.record(UpgradeRequested(
        link=arrival.number, method=hide(request.method), target=hide(request.target),
        headers=tuple((hide(name), hide(value)) for name, value in mask_headers(request.headers)),
        credentials=decision.credentials, user=_user_as_told(world, decision.user),
        password_in=_place_of_password(world, request), problems=tuple(map(hide, decision.problems)),
        elsewhere=arrival.is_elsewhere,
    ))  # fmt: skip
    return decision


def _place_of_password(world: World, request: UpgradeRequest) -> str:
    places = (password_stands_in(request, account.password) for account in world.accounts.values())
    return next(filter(None, places), "")


def _user_as_told(world: World, user: str | None) -> str | None:
    accounts = world.accounts.values()
    if user is None or user in {account.user for account in accounts}:
        return user
    is_password = user in {account.password for account in accounts}  # people mix up the two
    return MASK if is_password else world.without_passwords(user)
