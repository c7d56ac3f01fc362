"""How a link ends: who ended it, and how; and the ways in which we end one on purpose."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

import trio

from mockpilot.cms.frames import PING, build_frame
from mockpilot.cms.net_stream import LINGER_S, NetStream
from mockpilot.cms.wire_stream import WireStream

_CUT = bytes(100)
"""Content of the frame whose record is cut; nobody ever reads it."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Who ended a link, and how."""

    by: Literal["us", "product", "unknown"]
    how: Literal["cleanly", "broken on purpose", "broken off"]
    detail: str


class NoLink(Exception):  # noqa: N818 - an outcome, not an error
    """A connection ended before it became a link."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(ending.detail)
        self.ending = ending


SPOKEN = {
    "silence": "silence", "reset": "TCP reset", "tls-end": "TLS end without a Close frame",
    "tcp-end": "TCP end without a Close frame", "tls-cut": "TCP end in the middle of a TLS record",
}  # fmt: skip
"""Ways of breaking a link, for people."""


async def cut(how: str, net: NetStream, wire: WireStream) -> None:
    """Break a link: one of ``SPOKEN``; silence leaves it open."""
    match how:
        case "silence":
            net.silent = True
        case "reset":
            net.reset()
        case "tls-end":
            wire.muted = True
            with trio.move_on_after(1):
                await wire.inner.aclose()
            await trio.aclose_forcefully(net)
        case "tls-cut":
            await _cut_record(net, wire)
        case _:
            await trio.aclose_forcefully(net)


async def _cut_record(net: NetStream, wire: WireStream) -> None:
    wire.muted = True
    net.break_off()
    with trio.move_on_after(1), suppress(trio.BrokenResourceError, trio.ClosedResourceError):
        await wire.inject(build_frame(PING, _CUT))
    await trio.sleep(LINGER_S)  # our end goes before a reset, which unread bytes would make of closing at once
    await trio.aclose_forcefully(net)
