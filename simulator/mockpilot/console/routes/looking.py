"""Paths at which one looks: each answers with a view of how things stand, or with the recording."""

from __future__ import annotations

import re
from typing import Annotated, Any

import msgspec
from litestar import Request, get
from litestar.params import HeaderParameter, QueryParameter
from litestar.response import Stream

from mockpilot import __version__
from mockpilot.console import views
from mockpilot.console.bench import UnknownError
from mockpilot.console.lines import line_of, verdict_of
from mockpilot.console.routes.described import FOUND, LOOKED, Index, Name, Number, TheBench, TheFeed
from mockpilot.console.searching import Sought, search
from mockpilot.console.told import (
    ClockShown,
    DepotShown,
    FaultShown,
    Findings,
    Health,
    HoldShown,
    Lines,
    LinkShown,
    MessageShown,
    Pushes,
    State,
    VerbShown,
)
from mockpilot.history.events import Message
from mockpilot.protocol.vocabulary import DIALECTS
from mockpilot.scenario.catalogue import VERSION

MOST_LINES = 1000


@get("/health", responses=LOOKED)
async def health(request: Request[Any, Any, Any], bench: TheBench) -> Health:
    """Whether the CMS is ready, which one it is, and what this key allows."""
    first = bench.recording.first_line
    return Health(
        ready=True, mockpilot=__version__, catalogue=VERSION, dialect=bench.dialect, role=request.auth,
        title=bench.title, listening=bench.control.server.is_listening, addresses=bench.addresses,
        since=first.wall if first is not None else "", first_event=bench.recording.first,
        next_event=bench.recording.end,
    )  # fmt: skip


@get("/state", responses=LOOKED)
async def state(feed: TheFeed) -> State:
    """Links, what is awaited, faults, holds, pushes, depot, clock and findings, all at once."""
    return feed.state()


@get("/links", responses=LOOKED)
async def links(bench: TheBench) -> list[LinkShown]:
    """Who is connected."""
    return views.links(bench)


@get("/links/{number:int}", responses=FOUND)
async def link(bench: TheBench, number: Number) -> LinkShown:
    """One link."""
    bench.link(number)
    return next(one for one in views.links(bench) if one.id == number)


@get("/faults", responses=LOOKED)
async def faults(bench: TheBench) -> list[FaultShown]:
    """All faults with their evidence, the newest first."""
    return views.faults(bench)


@get("/faults/{name:str}", responses=FOUND)
async def fault(bench: TheBench, name: Name) -> FaultShown:
    """One fault with its evidence."""
    return views.fault_shown(bench, bench.fault(name))


@get("/vocabulary", responses=LOOKED)
async def vocabulary() -> list[VerbShown]:
    """Every verb of the fault vocabulary with its parameters."""
    return views.vocabulary()


@get("/push", responses=LOOKED)
async def pushes(bench: TheBench) -> Pushes:
    """Whether pushes go out, and how often."""
    return views.pushes(bench)


@get("/holds", responses=LOOKED)
async def holds(bench: TheBench) -> list[HoldShown]:
    """Messages that are held, and holds that wait for one."""
    return views.holds(bench)


@get("/depot", responses=LOOKED)
async def depot(bench: TheBench) -> DepotShown:
    """The simulated world."""
    return views.depot(bench)


@get("/clock", responses=LOOKED)
async def clock(bench: TheBench) -> ClockShown:
    """Which time it is, and whose."""
    return views.clock(bench)


@get("/findings", responses=LOOKED)
async def findings(feed: TheFeed) -> Findings:
    """What the rules say so far; newer findings follow about every second."""
    return feed.judging.look()


@get("/messages", responses=LOOKED)
async def messages(
    bench: TheBench, since: Index = 0, most: Annotated[int, QueryParameter(ge=1, le=MOST_LINES)] = 200,
    link: Annotated[int | None, QueryParameter(ge=0, le=10**12)] = None,
    text: Annotated[str, QueryParameter(max_length=200)] = "",
) -> Lines:  # fmt: skip
    """Lines of the recording from an event on; ``text`` keeps those in which it stands, whatever the case.

    A search that finds nothing answers with what came closest, and what does not fit of it.
    """
    return search(bench.recording, Sought(since, link, text), most, bench.dialect)


@get("/messages/{index:int}", responses=FOUND)
async def message(bench: TheBench, feed: TheFeed, index: Number) -> MessageShown:
    """One event in full: raw, with the schema verdicts of all dialects and the findings that name it."""
    event = bench.recording[index]
    if event is None:
        raise UnknownError(f"event {index}: one from {bench.recording.first} to {bench.recording.end - 1} is expected")
    raw = event.text if isinstance(event, Message) and event.text is not None else getattr(event, "base64", None) or ""
    known = sorted(DIALECTS, key=lambda name: name != bench.dialect)
    text = event.text if isinstance(event, Message) else None
    return MessageShown(
        line=line_of(event, bench.dialect), raw=raw,
        verdicts=[verdict_of(text, name) for name in known] if text is not None else [],
        findings=[one for one in feed.judging.look().findings if index in one.events],
        fields={key: value for key, value in msgspec.to_builtins(event).items() if key not in ("text", "base64")},
    )  # fmt: skip


@get("/feed", responses=LOOKED, media_type="text/event-stream")
async def feed_of(
    feed: TheFeed, since: Index = 0, last_event_id: Annotated[str, HeaderParameter(name="Last-Event-ID")] = "",
) -> Stream:
    """The recording as it grows, as server-sent events: lines, state, resync, afresh; resumes by Last-Event-ID."""
    start = int(last_event_id) if re.fullmatch(r"[0-9]{1,12}", last_event_id) else since
    return Stream(feed.viewer(start), media_type="text/event-stream")


ROUTES = (
    health, state, links, link, faults, fault, vocabulary, pushes, holds, depot, clock, findings, messages, message,
    feed_of,
)  # fmt: skip
