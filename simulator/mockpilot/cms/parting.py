"""How a link ends, whoever begins it: closing handshakes, drops, what breaks RFC 6455, a peer that is simply gone.

Everything here notes the end first, so that nothing more is said, and then brings it about. Whoever serves the link
notices when the streams are closed.
"""

from __future__ import annotations

from functools import partial

import trio

from mockpilot.cms.ending import SPOKEN, Ending, cut
from mockpilot.cms.frames import CLOSE, Broken, build_frame, close_payload
from mockpilot.cms.link import Link
from mockpilot.cms.net_stream import LINGER_S
from mockpilot.faults.injector import Armed
from mockpilot.faults.verbs import Fault
from mockpilot.history.events import CloseReceived, CloseSent, ProtocolBroken, WentSilent

FLUSH_S = 1.0
"""How long what was handed before a drop may take to leave."""


# -- begun by us -------------------------------------------------------------------------------------------------------


def close(link: Link, code: int | None, fault: str | None = None) -> None:
    """Begin the closing handshake; the peer's answer, or the time-out, ends the link."""
    if link.ending is not None:
        return
    link.end(Ending("us", "cleanly", f"Close {code}" if code is not None else "Close without a code"))
    link.hand(CloseSent(link=link.number, code=code, fault=fault))
    link.start(partial(_end_without_answer, link))


async def _end_without_answer(link: Link) -> None:
    await trio.sleep(link.world.close_within_s)
    await trio.aclose_forcefully(link.net)


def drop(link: Link, fault: Fault, name: str | None) -> None:
    """End the link in the way that the fault says."""
    if link.ending is not None:
        return
    if fault.down_s:
        link.world.refuse_tcp_for(fault.down_s)
    if fault.how == "close":
        close(link, fault.code, name)
        return
    link.end(Ending("us", "broken on purpose", SPOKEN[fault.how]))
    link.start(partial(_cut, link, fault.how, name or ""))


async def _cut(link: Link, how: str, name: str) -> None:
    with trio.move_on_after(FLUSH_S):
        await link.outbox.wait_shorter(1)
    if how == "silence":
        link.world.recorder.record(WentSilent(link=link.number, fault=name))
    await cut(how, link.net, link.wire)


def drop_for(link: Link, armed: Armed, of: int) -> None:
    """End the link because of a message.

    Args:
        of: index of its event.
    """
    link.fired(armed, of)
    drop(link, armed.fault, armed.name)


# -- begun by the peer -------------------------------------------------------------------------------------------------


def answer_close(link: Link, code: int | None, reason: str) -> None:
    """Take note of the peer's Close and say ours; the library closes the stream."""
    link.end(Ending("product", "cleanly", f"Close {code if code is not None else 'without a code'}"))
    link.world.recorder.record(CloseReceived(link=link.number, code=code, reason=reason))
    _say_last(link, code)


def end_broken(link: Link, broken: Broken) -> None:
    """Name what the peer broke, say so in a Close and hang up."""
    link.world.recorder.record(ProtocolBroken(link=link.number, what=broken.what, code=broken.code))
    link.end(Ending("us", "cleanly", f"Close {broken.code} after {broken.what}"))
    # Ours to say and to end, because the library drops the link without a word, or never sees what is wrong.
    _say_last(link, broken.code, lingers=True)
    link.start(partial(_hang_up, link))


def note_gone(link: Link) -> None:
    """Take note that no more will come from the peer, unless somebody said before why."""
    link.end(Ending("product", "broken off", f"{link.net.seen or 'TLS end'} without a Close frame"))


def _say_last(link: Link, code: int | None, *, lingers: bool = False) -> None:
    if not link.wire.muted:
        link.world.recorder.record(CloseSent(link=link.number, code=code))
        link.wire.say_last(build_frame(CLOSE, close_payload(code)), lingers=lingers)


async def _hang_up(link: Link) -> None:
    await link.wire.say_farewell()
    await trio.sleep(LINGER_S)
    await trio.aclose_forcefully(link.net)
