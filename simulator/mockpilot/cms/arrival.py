"""A TCP connection on its way to a link, and how far it got. A record: what brings it further is the reception's."""

from __future__ import annotations

from dataclasses import dataclass

from mockpilot.cms.link import Link
from mockpilot.cms.net_stream import NetStream
from mockpilot.cms.wire_stream import WireStream
from mockpilot.cms.world import World
from mockpilot.faults.injector import Occasion

STEP_WITHIN_S = 10.0
"""How long the first bytes, the TLS handshake and the HTTP head may take, each."""


@dataclass(slots=True)
class Arrival:
    """One connection; whoever serves it to its end closes its stream."""

    world: World
    number: int
    net: NetStream
    is_elsewhere: bool = False
    """It came to the other host of ours."""
    wire: WireStream | None = None
    """Above TLS, once that stands."""
    link: Link | None = None
    """Once the upgrade is accepted."""

    def occasion(self, presystem_id: str = "") -> Occasion:
        """This connection at this moment, as faults see it."""
        return Occasion(self.world.clock.now(), self.number, presystem_id)
