"""From a TCP connection to an open link, step by step: first bytes, TLS, the HTTP head, the answer to the upgrade.

Each step has a deadline and is recorded; one that fails ends the connection. What faults refuse is refused here.
"""

from __future__ import annotations

from dataclasses import replace

import trio

from mockpilot.cms import parting, serving
from mockpilot.cms.arrival import STEP_WITHIN_S, Arrival
from mockpilot.cms.first_bytes import look_at_first_bytes
from mockpilot.cms.link import Link
from mockpilot.cms.reading import Reading
from mockpilot.cms.refusal import ALIEN, names_elsewhere
from mockpilot.cms.refusing import refuse, refuse_by
from mockpilot.cms.tls import GOOD, Certificates
from mockpilot.cms.tls_handshake import shake_hands
from mockpilot.cms.transport import open_socket
from mockpilot.cms.upgrade import Head, decide_on, read_head
from mockpilot.cms.wire_stream import WireStream
from mockpilot.faults.injector import Armed
from mockpilot.history.events import UpgradeAnswered
from mockpilot.protocol.handshake import Account, Decision

WITHOUT_SUBPROTOCOL = 1002
"""How a link ends that lacks the subprotocol which was offered: RFC 6455 knows no better code."""
_SPOILT = {"subprotocol": None, "alien-subprotocol": ALIEN}
"""Ways to refuse that answer 101, and the subprotocol that it names."""


class Reception:
    """Brings TCP connections as far as they get.

    Args:
        certificates: what the CMS can show.
        links: where a link is entered once it is open; the caller takes it out.
        elsewhere: where the other host of ours listens.
    """

    def __init__(self, certificates: Certificates, links: dict[int, Link], elsewhere: int) -> None:
        self._certificates, self._links, self._elsewhere = certificates, links, elsewhere

    async def receive(self, arrival: Arrival, nursery: trio.Nursery, bad_certificate: Armed | None) -> None:
        """Serve a connection until it is over.

        Args:
            nursery: ends with the connection.
            bad_certificate: the fault whose certificate it is shown.

        Raises:
            NoLink: it never became a link.
        """
        wire = arrival.wire = await self._secure(arrival, bad_certificate)
        head = await read_head(arrival, wire)
        decision = decide_on(arrival, head.request)
        account = await self._admit(arrival, wire, decision)
        fault = await self._meet_refusal(arrival, wire, head, account)
        if fault is not None:
            decision = replace(decision, subprotocol=_SPOILT[fault.fault.how])
        link = arrival.link = Link(arrival.world, arrival.number, account.presystem_id, arrival.net, wire)
        await self._open(nursery, link, head, decision, fault)

    async def _secure(self, arrival: Arrival, bad: Armed | None) -> WireStream:
        hello_seen = await look_at_first_bytes(arrival)
        if not arrival.is_elsewhere:
            arrival.world.injector.met_handshake(arrival.occasion(), bad)
        if bad is not None:
            arrival.world.on_fired(bad.name, "certificate", None, arrival.number)
        kind = bad.fault.kind if bad else GOOD
        if arrival.is_elsewhere:
            context = self._certificates.elsewhere(names_elsewhere(arrival.net.local_address))
        else:
            context = self._certificates.context(kind)
        return WireStream(await shake_hands(arrival, context, kind, hello_seen=hello_seen), arrival.net)

    async def _admit(self, arrival: Arrival, wire: WireStream, decision: Decision) -> Account:
        if arrival.is_elsewhere:
            await refuse(arrival, wire, 404, (), "nobody is expected at this host")
        if decision.status != 101 or decision.account is None:
            await refuse(arrival, wire, decision.status, decision.headers, decision.body)
        return decision.account

    async def _meet_refusal(self, arrival: Arrival, wire: WireStream, head: Head, account: Account) -> Armed | None:
        """Refuse if a fault wants it; answers the fault that only spoils our answer."""
        offers = bool(head.request.tokens("sec-websocket-protocol"))
        here = arrival.occasion(account.presystem_id)
        armed = arrival.world.injector.refusal_of_upgrade(here, offers=offers)
        if armed is not None:
            arrival.world.on_fired(armed.name, "refuse", None, arrival.number)
            if armed.fault.how not in _SPOILT:
                await refuse_by(arrival, wire, head.request, armed, self._elsewhere)
        return armed

    async def _open(
        self, nursery: trio.Nursery, link: Link, head: Head, decision: Decision, fault: Armed | None
    ) -> None:
        self._links[link.number] = link  # before the event, so that whoever waits for it finds the link
        link.world.recorder.record(UpgradeAnswered(
            link=link.number, status=101, subprotocol=decision.subprotocol, presystem_id=link.presystem_id,
            fault=fault.name if fault is not None else None,
        ))  # fmt: skip
        if fault is not None and fault.fault.how == "subprotocol":
            parting.close(link, WITHOUT_SUBPROTOCOL, fault.name)
        key, reading = head.request.values("sec-websocket-key")[0], Reading(link)
        with trio.fail_after(STEP_WITHIN_S):
            socket = await open_socket(nursery, link.wire, reading, key, head.behind, decision.subprotocol)
        await serving.serve(link, reading, socket)
