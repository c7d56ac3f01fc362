"""The first bytes of a connection: whether they begin TLS, and what somebody hears who speaks anything else."""

from __future__ import annotations

from typing import Literal

import trio

from mockpilot.cms.arrival import STEP_WITHIN_S, Arrival
from mockpilot.cms.ending import Ending, NoLink
from mockpilot.cms.refusal import response
from mockpilot.history.events import FirstBytes

_CLIENT_HELLO = 1  # RFC 8446 section 4: the handshake type, behind the five bytes of the record's head

FirstBytesKind = Literal["tls", "clear-text upgrade", "clear-text http", "proxy header", "other"]


async def look_at_first_bytes(arrival: Arrival) -> bool:
    """Wait for them, record what they look like and leave them to be read; answers whether TLS begins with a hello.

    Raises:
        NoLink: none came, or they aren't TLS.
    """
    data = await _wait_first_bytes(arrival)
    kind = _kind_of(data)
    arrival.world.recorder.record(FirstBytes(link=arrival.number, looks_like=kind))
    if kind != "tls":
        await _answer_in_clear_text(arrival, kind)
        raise NoLink(Ending("us", "cleanly", f"no TLS: {kind}"))
    return len(data) < 6 or data[5] == _CLIENT_HELLO


async def _wait_first_bytes(arrival: Arrival) -> bytes:
    data = b""
    with trio.move_on_after(STEP_WITHIN_S) as deadline:
        data = await arrival.net.peek()
    if not data:
        raise NoLink(Ending("us" if deadline.cancelled_caught else "product", "broken off", "no bytes came"))
    return data


async def _answer_in_clear_text(arrival: Arrival, kind: FirstBytesKind) -> None:
    if kind in ("clear-text upgrade", "clear-text http"):
        with trio.move_on_after(STEP_WITHIN_S):
            await arrival.net.send_all(response(400, (), "This port speaks TLS: connect with wss://."))
            arrival.net.lingers = True
            await arrival.net.aclose()


def _kind_of(data: bytes) -> FirstBytesKind:
    if data[:1] == b"\x16":
        return "tls"
    if data.startswith((b"PROXY ", b"\r\n\r\n\x00\r\nQUIT\n")):
        return "proxy header"
    if data.split(b" ", 1)[0] in (b"GET", b"POST", b"HEAD", b"PUT", b"OPTIONS", b"CONNECT"):
        return "clear-text upgrade" if b"upgrade: websocket" in data.lower() else "clear-text http"
    return "other"
