"""How a link ends: who ended it, and how; and the ways in which we end one on purpose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import trio

from mockpilot.cms.streams import NetStream, WireStream


@dataclass(frozen=True, slots=True)
class Ending:
    """Who ended a link, and how."""

    by: Literal["us", "product", "unknown"]
    how: Literal["cleanly", "broken on purpose", "broken off"]
    detail: str


SPOKEN = {
    "silence": "silence", "reset": "TCP reset", "tls-end": "TLS end without a Close frame",
    "tcp-end": "TCP end without a Close frame",
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
        case _:
            await trio.aclose_forcefully(net)
