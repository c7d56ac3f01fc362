"""Refuses an upgrade: an answer in full, recorded, after which the connection ends. What it says is the refusal's."""

from __future__ import annotations

from typing import NoReturn

import trio

from mockpilot.cms.arrival import STEP_WITHIN_S, Arrival
from mockpilot.cms.ending import Ending, NoLink
from mockpilot.cms.refusal import REDIRECT, headers_of, location_elsewhere, response
from mockpilot.cms.wire_stream import WireStream
from mockpilot.faults.injector import Armed
from mockpilot.history.events import UpgradeAnswered
from mockpilot.protocol.handshake import Headers, UpgradeRequest


async def refuse(
    arrival: Arrival, wire: WireStream, status: int, headers: Headers, body: str, fault: str | None = None
) -> NoReturn:
    """Answer and hang up.

    Args:
        wire: where the request came from.
        fault: the one on whose account it is refused.

    Raises:
        NoLink: always.
    """
    told = tuple((name, arrival.world.without_passwords(value)) for name, value in headers)
    arrival.world.recorder.record(UpgradeAnswered(link=arrival.number, status=status, headers=told, fault=fault))
    with trio.move_on_after(STEP_WITHIN_S):
        try:
            await wire.inject(response(status, headers, body))
            arrival.net.lingers = True
            await wire.aclose()
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            pass  # it left before it heard our answer
    raise NoLink(Ending("us", "cleanly", f"refused with {status}"))


async def refuse_by(
    arrival: Arrival, wire: WireStream, request: UpgradeRequest, armed: Armed, elsewhere: int
) -> NoReturn:
    """Refuse in the way that a fault says.

    Args:
        elsewhere: where the other host of ours listens.

    Raises:
        NoLink: always.
    """
    fault, status = armed.fault, armed.fault.status
    if fault.how == "redirect":
        location = fault.location or location_elsewhere(request, arrival.net.local_address, elsewhere)
        await refuse(arrival, wire, REDIRECT, (("Location", location),), "", armed.name)
    await refuse(arrival, wire, status, headers_of(status, arrival.world.push_interval_s), "", armed.name)
